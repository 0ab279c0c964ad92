import {mkdir, rename, rm, stat, writeFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {loadSites, siteFiles} from '#ingest';
import {EnuFrame} from '#model';
import {createValidator, EcoError, Id, type Site} from '#schemas';
import {coverOf} from './cover.ts';
import {readElevation} from './elevation.ts';
import {boxAround, groundOf, placeOf, sidesOf} from './ground.ts';
import {refusal} from './refusal.ts';
import {type Place, readZoneFile} from './zone-file.ts';

export type NewSite = {
  id: string;
  centre: Place;
  zoneFile: string;
  demFile?: string;
  demEpsg?: number;
  /** Height of the flat ground where there is no DEM, m. */
  flatM?: number;
  timeZone?: string;
  name?: {en: string; zh: string};
};

export type MadeSite = {
  id: string;
  folder: string;
  zones: number;
  areaHa: number;
  terrain: {
    columns: number;
    rows: number;
    stepM: number;
    lowM: number;
    highM: number;
    synthetic: boolean;
    source: string;
  };
  timeZone: string;
};

const isId = createValidator<string>(Id);
/** Folders under `sites` that are no sites. */
const NOT_SITES = new Set(['build', 'maps']);
const DATUM = 'as_given';

/** The zone of whole hours that a longitude lies in; `Etc/GMT-8` is eight hours ahead of UTC. */
function zoneByLongitude(longitudeDeg: number): string {
  const hours = Math.round(longitudeDeg / 15);
  return hours === 0 ? 'UTC' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
}

function checkTimeZone(timeZone: string): string {
  try {
    new Intl.DateTimeFormat('en', {timeZone});
    return timeZone;
  } catch {
    throw refusal('--time-zone', `an IANA zone such as Asia/Shanghai was expected, got ${timeZone}`);
  }
}

async function requireFree(folder: string, id: string): Promise<void> {
  const there = await stat(folder).then(
    () => true,
    () => false,
  );
  if (there || NOT_SITES.has(id)) {
    throw new EcoError('site_exists', `${folder} is there already; choose another name or remove it`, 409);
  }
}

/**
 * Makes the folder of a site without devices: zones from a GeoJSON file and the land cover that they tell, the ground from a
 * DEM or a flat one that says so.
 * It appears as a whole or not at all, and is read back as the server reads it.
 * @throws {EcoError} `site_exists`; `site_invalid` with the file, what was expected and what came.
 */
export async function makeSite(sitesDir: string, of: NewSite): Promise<MadeSite> {
  const {id, centre} = of;
  if (!isId(id)) throw refusal('NAME', `letters, digits, _ and - were expected, got ${JSON.stringify(id)}`);
  const folder = join(sitesDir, id);
  await requireFree(folder, id);
  const timeZone =
    of.timeZone === undefined ? zoneByLongitude(centre.longitudeDeg) : checkTimeZone(of.timeZone);
  const zones = await readZoneFile(of.zoneFile, centre);
  const frame = new EnuFrame({...centre, heightM: 0});
  const rings = zones.features.flatMap(({geometry}) =>
    geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat(),
  );
  const box = boxAround(rings, frame);
  const ground = groundOf(
    box,
    frame,
    of.demFile === undefined
      ? {flatM: of.flatM ?? 0}
      : await readElevation(of.demFile, sidesOf(box, frame), of.demEpsg),
  );
  const cover = coverOf(zones, frame, ground.header);

  const name = of.name ?? {en: id, zh: id};
  const spanM = Math.max(box.eastM - box.westM, box.northM - box.southM);
  const middleM = (box.eastM + box.westM) / 2;
  const stand = placeOf(frame, middleM, box.southM - spanM * 0.35);
  const round = (value: number): number => Number(value.toFixed(6));
  const site: Site = {
    schemaVersion: 1,
    id,
    name,
    timeZone,
    origin: {...centre, heightM: 0},
    verticalDatum: {
      id: DATUM,
      name: {en: 'Heights as the elevation file gives them', zh: '高程文件所用基准'},
      conversions: [],
      ellipsoidOffsetM: 0,
      ellipsoidOffsetBasis: 'guess',
      source: 'Not known: name the datum of the elevation file here, and its offset to the ellipsoid.',
    },
    days: [{id: 'local', startHour: 0, name: {en: 'Local day', zh: '自然日'}}],
    terrain: 'terrain.json',
    ...(cover === null ? {} : {landCover: 'land-cover.json'}),
    zones: 'zones.geojson',
    devices: 'devices.json',
    licence: {
      spdx: 'NOASSERTION',
      credit: 'as the files it was made of',
      source: `Zones: ${basename(of.zoneFile)}. Ground: ${ground.header.source}`,
    },
    synthetic: ground.header.synthetic
      ? [{file: 'terrain.json', reason: 'A flat plane: no elevations were given.'}]
      : [],
    views: [
      {
        id: 'overview',
        name: {en: 'Whole site', zh: '全域'},
        longitudeDeg: round(stand.longitudeDeg),
        latitudeDeg: round(stand.latitudeDeg),
        heightM: Math.round(ground.highM + spanM * 0.45),
        headingDeg: 0,
        pitchDeg: -30,
      },
    ],
  };
  const files: Record<string, string | Uint8Array> = {
    'site.json': `${JSON.stringify(site, null, 2)}\n`,
    'zones.geojson': `${JSON.stringify(zones)}\n`,
    'terrain.json': `${JSON.stringify({...ground.header, verticalDatum: DATUM}, null, 2)}\n`,
    'terrain.bin': ground.bytes,
    ...(cover === null
      ? {}
      : {
          'land-cover.json': `${JSON.stringify(cover.header, null, 2)}\n`,
          [cover.header.file]: cover.bytes,
        }),
    'devices.json': `${JSON.stringify({schemaVersion: 1, devices: []}, null, 2)}\n`,
  };
  // Made beside, under a name of its own folder, so that the check below reads it as the server will.
  const making = join(sitesDir, `.${id}.new`);
  await rm(making, {recursive: true, force: true});
  try {
    await mkdir(join(making, id), {recursive: true});
    for (const [file, content] of Object.entries(files)) await writeFile(join(making, id, file), content);
    const [loaded] = await loadSites(making, [id]);
    await loaded!.terrain();
    await siteFiles(loaded!).landCover();
    await rename(join(making, id), folder);
  } finally {
    await rm(making, {recursive: true, force: true});
  }
  const {columns, rows, stepM, synthetic, source} = ground.header;
  return {
    id,
    folder,
    zones: zones.features.length,
    areaHa: zones.features.reduce(
      (sum, {properties}) => sum + (properties.parent ? 0 : properties.areaHa),
      0,
    ),
    terrain: {columns, rows, stepM, lowM: ground.lowM, highM: ground.highM, synthetic, source},
    timeZone,
  };
}
