import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import type {Site} from '#schemas';
import {levelPlots, setBuildings} from './buildings.ts';
import {cohortRows} from './cohorts.ts';
import {setDevices} from './devices.ts';
import {
  buildingFeatures,
  type Feature,
  FeatureMaker,
  outlineHa,
  pathFeatures,
  shoreFeatures,
  streamFeatures,
  zoneFeatures,
  zoneOutlines,
} from './features.ts';
import {localFrame} from './geodesy.ts';
import {gradeRoads, layPaths} from './paths.ts';
import type {Seed} from './seed.ts';
import {carveStreams, catchments, surfaceOf} from './streams.ts';
import {surveyRows} from './surveys.ts';
import {tableRows} from './table.ts';
import {buildTerrain, type Terrain} from './terrain.ts';
import {waysOf} from './tree-ground.ts';
import {kindsOf, type SpeciesRow} from './tree-kinds.ts';
import {treeRows} from './trees.ts';
import {layLandCover} from './zones.ts';

type Built = {files: Map<string, string | Uint8Array>; report: string[]};

/** Shore lines go from low water to the highest flood, with the upper shore between them. */
const SHORE_STEP_M = 3;
const HIGHEST_SHORE_M = 192;

/**
 * All files of a synthetic site, by name, from its `site.json`, `seed.json` and, if it has trees, the rows of its species table;
 * the same bytes each time.
 */
export function buildSite(site: Site, seed: Seed, species: readonly SpeciesRow[]): Built {
  const frame = localFrame(site.origin);
  const datum = site.verticalDatum.id;
  const river = site.waterBody?.zone ?? 'river';
  const terrain = buildTerrain(seed, frame);
  const streams = carveStreams(seed, terrain, river);
  const paths = layPaths(seed, frame, terrain, streams);
  const buildings = setBuildings(seed, frame, terrain, paths, streams);
  gradeRoads(terrain, paths, streams);
  levelPlots(terrain, buildings, streams);
  const landCover = layLandCover(seed, frame, terrain, {streams, paths, buildings});
  const heights = quantise(seed, terrain);
  catchments(seed, terrain, streams);
  const outlines = zoneOutlines(seed, terrain, landCover);
  const maker = new FeatureMaker(frame);
  const {devices, gateways} = setDevices({
    seed,
    frame,
    terrain,
    landCover,
    streams,
    polygons: outlines,
    datum,
  });
  const zones = zoneFeatures(seed, terrain, landCover, {outlines, maker, datum});
  const lowM = seed.shores.lower.levelM;
  const steps = Math.floor((HIGHEST_SHORE_M - lowM) / SHORE_STEP_M);
  const levelsM = Array.from({length: steps + 1}, (_, i) => lowM + i * SHORE_STEP_M);
  levelsM.push(seed.shores.upper.levelM);
  levelsM.sort((a, b) => a - b);
  const shores = shoreFeatures(terrain.grid, surfaceOf(seed, terrain), levelsM, {maker, datum});
  const pathLines = pathFeatures(seed, frame, paths, maker);
  const {columns, rows, stepM, originEastM, originNorthM, baseM, resolutionM} = seed.grid;
  const common = {columns, rows, stepM, originEastM, originNorthM};
  const provenance = {synthetic: true, source: seed.terrainSource, licence: site.licence.spdx};
  const terrainFile = 'terrain.bin';
  const coverFile = 'land-cover.bin';
  const header = {
    schemaVersion: 1,
    kind: 'height-grid',
    file: terrainFile,
    ...common,
    baseM,
    resolutionM,
    encoding: 'uint16-le',
    verticalDatum: datum,
    origin: 'virtual',
    ...provenance,
  };
  const coverHeader = {
    schemaVersion: 1,
    kind: 'class-grid',
    file: coverFile,
    ...common,
    encoding: 'uint8',
    classes: seed.zones.map(({id, name, colour}, index) => ({index, zone: id, name, colour})),
    ...provenance,
  };
  const files = new Map<string, string | Uint8Array>([
    [site.terrain, json(header)],
    [terrainFile, heights],
    [site.landCover ?? 'land-cover.json', json(coverHeader)],
    [coverFile, landCover.cover],
    [site.zones, collection(zones)],
    [site.shoreLines ?? 'shore-lines.geojson', collection(shores)],
    [site.streams ?? 'streams.geojson', collection(streamFeatures(seed, streams, maker, datum))],
    [site.paths ?? 'paths.geojson', collection(pathLines)],
    [site.buildings ?? 'buildings.geojson', collection(buildingFeatures(buildings, maker))],
    [site.devices, deviceFile(devices, gateways)],
    [site.surveys ?? 'surveys.csv', surveyRows(seed, site.id)],
  ]);
  const kinds = kindsOf(species);
  const ways = waysOf(pathLines, frame);
  if (seed.trees && site.trees) {
    const ground = {frame, terrain, cover: landCover.cover, zones, ways, streams, buildings};
    files.set(site.trees, treeRows(seed, seed.trees, ground, kinds));
  }
  if (seed.stands && site.cohorts) files.set(site.cohorts, cohortRows(seed.stands, kinds));
  const areas = seed.zones.map(({id, areaHa}) => {
    const built = zones.find((zone) => zone.properties['id'] === id)!.properties['areaHa'];
    return `${id.padEnd(18)} ${String(areaHa ?? '-').padStart(6)} ${String(built).padStart(9)} ${outlineHa(
      outlines.get(id) ?? [],
    )
      .toFixed(2)
      .padStart(9)}`;
  });
  const report = [
    'zone               target ha  built ha   outline ha',
    ...areas,
    ...[lowM, seed.shores.upper.levelM].map(
      (levelM) => `at or above ${levelM} m: ${hectaresAbove(terrain, levelM).toFixed(2)} ha`,
    ),
    ...[...files].map(
      ([name, content]) => `${name.padEnd(22)} ${Buffer.byteLength(content).toString().padStart(9)} bytes`,
    ),
  ];
  return {files, report};
}

/** The heights as the file keeps them; the terrain takes the rounded values, so that all later files agree with it. */
function quantise({grid: {baseM, resolutionM}}: Seed, {heightM}: Terrain): Uint8Array {
  const bytes = new Uint8Array(heightM.length * 2);
  const view = new DataView(bytes.buffer);
  heightM.forEach((z, cell) => {
    const steps = Math.round((z - baseM) / resolutionM);
    if (steps < 0 || steps > 65535) throw new Error(`height ${z} m does not fit the grid's range`);
    view.setUint16(cell * 2, steps, true);
    heightM[cell] = baseM + steps * resolutionM;
  });
  return bytes;
}

function hectaresAbove({grid, heightM}: Terrain, levelM: number): number {
  return (heightM.reduce((count, z) => count + (z >= levelM - 1e-9 ? 1 : 0), 0) * grid.stepM ** 2) / 10_000;
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** One feature to a line, so that a change shows in a diff as the features that it touches. */
function collection(features: Feature[]): string {
  return `{"type":"FeatureCollection","features":[\n${features.map((feature) => JSON.stringify(feature)).join(',\n')}\n]}\n`;
}

function deviceFile(devices: unknown[], gateways: unknown[]): string {
  const lines = (items: unknown[]) => items.map((item) => `  ${JSON.stringify(item)}`).join(',\n');
  return `{\n"schemaVersion": 1,\n"devices": [\n${lines(devices)}\n],\n"gateways": [\n${lines(gateways)}\n]\n}\n`;
}

/** The folder of a site given by name (beside this folder) or by path. */
function folderOf(nameOrPath: string): string {
  const beside = join(import.meta.dirname, '..', nameOrPath);
  return existsSync(join(beside, 'site.json')) ? beside : nameOrPath;
}

export function readInputs(folder: string): {site: Site; seed: Seed; species: SpeciesRow[]} {
  const text = (name: string) => readFileSync(join(folder, name), 'utf8');
  const site = JSON.parse(text('site.json')) as Site;
  const species = site.species === undefined ? [] : tableRows(text(site.species));
  return {site, seed: JSON.parse(text('seed.json')) as Seed, species};
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const name = process.argv[2];
  if (!name) {
    console.error('usage: node sites/build/build.ts <site> [folder to write to]');
    process.exit(2);
  }
  const folder = folderOf(name);
  const target = process.argv[3] ?? folder;
  const {site, seed, species} = readInputs(folder);
  const {files, report} = buildSite(site, seed, species);
  mkdirSync(target, {recursive: true});
  for (const [file, content] of files) writeFileSync(join(target, file), content);
  console.log(report.join('\n'));
}
