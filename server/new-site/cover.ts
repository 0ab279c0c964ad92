import {createZoneFinder} from '#ingest';
import type {EnuFrame} from '#model';
import type {LandCoverHeader, TerrainHeader, ZoneCollection} from '#schemas';
import {placeOf} from './ground.ts';

export type Cover = {header: LandCoverHeader; bytes: Uint8Array};

type Grid = Pick<TerrainHeader, 'columns' | 'rows' | 'stepM' | 'originEastM' | 'originNorthM'>;

/** A class is one byte, and one of them is what lies outside all zones. */
const MOST_CLASSES = 255;
const OUTSIDE_COLOUR = '#9a9a6a';
/** Colours of the legend by the kind of a zone. */
const COLOURS: Record<string, string> = {
  forest: '#3f5b28',
  woodland: '#6b7d3c',
  shrubland: '#857a4e',
  grassland: '#98a05a',
  field: '#a8a650',
  wetland: '#6f8a4a',
  drawdown: '#8c8a5e',
  built: '#b0a89b',
  road: '#a39f96',
  water: '#6f8a94',
  lake: '#6f8a94',
};

/**
 * The land cover that zones tell: each sample of the ground's grid has the class of the smallest zone that holds it. Null where
 * more zones hold samples than a class grid has classes.
 */
export function coverOf(zones: ZoneCollection, frame: EnuFrame, grid: Grid): Cover | null {
  const {columns, rows, stepM, originEastM, originNorthM} = grid;
  const zoneAt = createZoneFinder(zones.features);
  const indexOf = new Map<string, number>();
  const bytes = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const place = placeOf(frame, originEastM + column * stepM, originNorthM - row * stepM);
      const zone = zoneAt(place.longitudeDeg, place.latitudeDeg);
      if (zone === null) continue;
      const index = indexOf.get(zone) ?? indexOf.size + 1;
      if (index > MOST_CLASSES) return null;
      indexOf.set(zone, index);
      bytes[row * columns + column] = index;
    }
  }
  const ids = new Set(zones.features.map(({properties}) => properties.id));
  let outside = 'around';
  while (ids.has(outside)) outside = `${outside}_`;
  return {
    header: {
      schemaVersion: 1,
      kind: 'class-grid',
      file: 'land-cover.bin',
      ...{columns, rows, stepM, originEastM, originNorthM},
      encoding: 'uint8',
      classes: [
        {index: 0, zone: outside, name: {en: 'Around the zones', zh: '分区以外'}, colour: OUTSIDE_COLOUR},
        ...zones.features.flatMap(({properties: {id, name, kind}}) => {
          const index = indexOf.get(id);
          return index === undefined
            ? []
            : [{index, zone: id, name, colour: COLOURS[kind] ?? OUTSIDE_COLOUR}];
        }),
      ],
      synthetic: false,
      source: 'The zones, drawn on the grid of the ground.',
      licence: 'NOASSERTION',
    },
    bytes,
  };
}
