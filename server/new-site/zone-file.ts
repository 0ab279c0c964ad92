import {readFile, stat} from 'node:fs/promises';
import {EnuFrame} from '#model';
import {createValidator, Id, type ZoneCollection, type ZoneFeature} from '#schemas';
import {refusal} from './refusal.ts';

export type Place = {longitudeDeg: number; latitudeDeg: number};
type Ring = readonly (readonly number[])[];

const LARGEST_BYTES = 16 * 1024 * 1024;
const MOST_ZONES = 1000;
/** Zones further than that from the centre are a mistake, or no site. */
const FURTHEST_M = 100_000;
const LONGEST_TEXT = 200;
const isId = createValidator<string>(Id);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A GeoJSON file's features: of a collection, or one feature or polygon alone. */
function featuresOf(value: unknown, file: string): Record<string, unknown>[] {
  if (!isObject(value)) throw refusal(file, 'a GeoJSON FeatureCollection was expected');
  const crs =
    isObject(value['crs']) && isObject(value['crs']['properties']) ? value['crs']['properties'] : null;
  const named = crs === null ? null : String(crs['name']);
  if (named !== null && !/CRS84$|4326$/.test(named)) {
    throw refusal(
      file,
      `longitude and latitude in WGS 84 were expected, got the reference system ${named.slice(0, 60)}`,
    );
  }
  if (value['type'] === 'FeatureCollection' && Array.isArray(value['features'])) {
    return value['features'].filter(isObject);
  }
  if (value['type'] === 'Feature') return [value];
  if (value['type'] === 'Polygon' || value['type'] === 'MultiPolygon') {
    return [{type: 'Feature', properties: {}, geometry: value}];
  }
  throw refusal(file, `a GeoJSON FeatureCollection was expected, got type ${JSON.stringify(value['type'])}`);
}

/** Checks one ring and gives it as it was. */
function ringOf(value: unknown, where: string, centre: Place, frame: EnuFrame): Ring {
  if (!Array.isArray(value) || value.length < 4)
    throw refusal(where, 'a ring of at least 4 positions was expected');
  for (const position of value as unknown[]) {
    if (
      !Array.isArray(position) ||
      !(position as unknown[]).every((one) => Number.isFinite(one)) ||
      position.length < 2
    ) {
      throw refusal(
        where,
        `[longitude, latitude] was expected, got ${JSON.stringify(position)?.slice(0, 60)}`,
      );
    }
    const [longitudeDeg, latitudeDeg] = position as [number, number];
    if (Math.abs(longitudeDeg) > 180 || Math.abs(latitudeDeg) > 90) {
      throw refusal(
        where,
        `degrees in WGS 84 were expected, got [${longitudeDeg}, ${latitudeDeg}]: projected coordinates, perhaps; ` +
          'ogr2ogr -t_srs EPSG:4326 converts them',
      );
    }
    const {eastM, northM, upM} = frame.toEnu({longitudeDeg, latitudeDeg, heightM: 0});
    if (Math.hypot(eastM, northM, upM) > FURTHEST_M) {
      const swapped = frame.toEnu({
        longitudeDeg: latitudeDeg,
        latitudeDeg: Math.min(90, Math.max(-90, longitudeDeg)),
        heightM: 0,
      });
      const hint =
        Math.hypot(swapped.eastM, swapped.northM) < FURTHEST_M
          ? ': latitude stands before longitude, perhaps'
          : '';
      throw refusal(
        where,
        `a place within ${FURTHEST_M / 1000} km of the centre ${centre.longitudeDeg},${centre.latitudeDeg} was expected, ` +
          `got ${longitudeDeg},${latitudeDeg}${hint}`,
      );
    }
  }
  const ring = value as [number, number][];
  const first = ring[0]!;
  const last = ring[ring.length - 1]!;
  if (first[0] !== last[0] || first[1] !== last[1]) {
    throw refusal(where, 'a ring that ends where it begins was expected (RFC 7946, 3.1.6)');
  }
  return ring;
}

/** Square metres of a ring on the plane that touches the Earth at the centre. */
function ringAreaM2(ring: Ring, frame: EnuFrame): number {
  const points = ring.map(([longitudeDeg, latitudeDeg]) =>
    frame.toEnu({longitudeDeg: longitudeDeg!, latitudeDeg: latitudeDeg!, heightM: 0}),
  );
  let twice = 0;
  for (let i = 0; i + 1 < points.length; i++) {
    twice += points[i]!.eastM * points[i + 1]!.northM - points[i + 1]!.eastM * points[i]!.northM;
  }
  return Math.abs(twice) / 2;
}

/** A name as an id: what is no letter, digit, _ or - becomes _. Empty where nothing is left. */
function idOf(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9_-]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toLowerCase()
    .slice(0, 40);
}

function nameOf(value: unknown, id: string): {en: string; zh: string} {
  if (isObject(value)) {
    const {en, zh} = value as {en?: unknown; zh?: unknown};
    const one = typeof en === 'string' ? en : typeof zh === 'string' ? zh : id;
    return {en: typeof en === 'string' ? en : one, zh: typeof zh === 'string' ? zh : one};
  }
  const text = typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 200) : id;
  return {en: text, zh: text};
}

function zoneOf(
  feature: Record<string, unknown>,
  at: {where: string; place: number; ids: ReadonlySet<string>; centre: Place; frame: EnuFrame},
): ZoneFeature {
  const {where, place, ids, centre, frame} = at;
  const geometry = feature['geometry'];
  const type = isObject(geometry) ? geometry['type'] : undefined;
  if (
    !isObject(geometry) ||
    (type !== 'Polygon' && type !== 'MultiPolygon') ||
    !Array.isArray(geometry['coordinates'])
  ) {
    throw refusal(
      where,
      `a Polygon or MultiPolygon was expected, got ${JSON.stringify(type) ?? 'no geometry'}`,
    );
  }
  const said = isObject(feature['properties']) ? feature['properties'] : {};
  const given = said['id'] ?? feature['id'];
  if (given !== undefined && !isId(String(given))) {
    throw refusal(
      where,
      `id: letters, digits, _ and - were expected, got ${JSON.stringify(given).slice(0, 60)}`,
    );
  }
  let id =
    given === undefined
      ? idOf(typeof said['name'] === 'string' ? said['name'] : '') || `zone_${place + 1}`
      : String(given);
  if (given === undefined && ids.has(id)) id = `${id}_${place + 1}`;
  if (ids.has(id)) throw refusal(where, `id ${id} stands there twice`);
  const polygons = (type === 'Polygon' ? [geometry['coordinates']] : geometry['coordinates']) as unknown[];
  let areaM2 = 0;
  for (const polygon of polygons) {
    if (!Array.isArray(polygon) || polygon.length === 0)
      throw refusal(where, 'a polygon of at least one ring was expected');
    for (const [ring, value] of (polygon as unknown[]).entries()) {
      const checked = ringOf(value, `${where}, ring ${ring + 1}`, centre, frame);
      areaM2 += (ring === 0 ? 1 : -1) * ringAreaM2(checked, frame);
    }
  }
  if (!(areaM2 > 0)) throw refusal(where, 'a polygon with an area was expected');
  const kind = typeof said['kind'] === 'string' && isId(said['kind']) ? said['kind'] : 'land';
  const parent = typeof said['parent'] === 'string' ? said['parent'] : null;
  const {vegetation, soil, normalLevelM} = said;
  return {
    type: 'Feature',
    properties: {
      id,
      name: nameOf(said['name'], id),
      kind,
      parent,
      areaHa: Number((areaM2 / 10_000).toPrecision(6)),
      ...(typeof vegetation === 'string' && /\S/.test(vegetation) && vegetation.length <= LONGEST_TEXT
        ? {vegetation}
        : {}),
      ...(typeof soil === 'string' && isId(soil) ? {soil} : {}),
      ...(typeof normalLevelM === 'number' && Number.isFinite(normalLevelM) ? {normalLevelM} : {}),
      synthetic: false,
    },
    geometry: geometry as ZoneFeature['geometry'],
  };
}

/** Every parent must be another zone of the file, and no zone may lie in itself by way of others. */
function checkParents(zones: readonly ZoneFeature[], file: string): void {
  const parentOf = new Map(zones.map(({properties}) => [properties.id, properties.parent]));
  for (const {properties} of zones) {
    const {id, parent} = properties;
    if (parent && !parentOf.has(parent)) {
      throw refusal(file, `zone ${id}: its parent ${parent} is no other zone of the file`);
    }
    let above = parent;
    for (let steps = 0; above && steps < zones.length; steps++) {
      if (above === id)
        throw refusal(file, `zone ${id}: another zone was expected as its parent, it lies in itself`);
      above = parentOf.get(above) ?? null;
    }
  }
}

/**
 * The zones of a site from a GeoJSON file of polygons in WGS 84. Of a feature's properties `id`, `name` (text, or `{en, zh}`), `kind`,
 * `parent`, `vegetation`, `soil` and `normalLevelM` are taken; what is missing is made: an id of the name, the kind `land`. Areas are measured here.
 * @throws {EcoError} `site_invalid` with the feature, what was expected and what came.
 */
export async function readZoneFile(file: string, centre: Place): Promise<ZoneCollection> {
  let text: string;
  try {
    const {size} = await stat(file);
    if (size > LARGEST_BYTES)
      throw refusal(file, `at most ${LARGEST_BYTES} bytes were expected, got ${size}`);
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw refusal(file, `a file was expected (${(error as NodeJS.ErrnoException).code})`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw refusal(file, `is no JSON (${(error as Error).message})`);
  }
  const features = featuresOf(value, file);
  if (features.length === 0 || features.length > MOST_ZONES) {
    throw refusal(file, `1 to ${MOST_ZONES} zones were expected, got ${features.length}`);
  }
  const frame = new EnuFrame({...centre, heightM: 0});
  const ids = new Set<string>();
  const zones: ZoneFeature[] = [];
  for (const [place, feature] of features.entries()) {
    const zone = zoneOf(feature, {where: `${file}: feature ${place + 1}`, place, ids, centre, frame});
    ids.add(zone.properties.id);
    zones.push(zone);
  }
  checkParents(zones, file);
  return {type: 'FeatureCollection', features: zones};
}
