import {readFile, realpath, stat} from 'node:fs/promises';
import {join, resolve, sep} from 'node:path';
import {
  createValidator,
  type Device,
  DeviceFile,
  EcoError,
  Id,
  LandCoverHeader,
  Site,
  type SiteData,
  TerrainHeader,
  type Validator,
  ZoneCollection,
} from '#schemas';

export type Gateway = NonNullable<DeviceFile['gateways']>[number];

/** The files of a site that are read when asked for. */
export type SiteFiles = {
  terrain(): Promise<TerrainHeader>;
  /** Header of the class grid of zones; null where the site has none. */
  landCover(): Promise<LandCoverHeader | null>;
  /** Bytes of a grid that a header names. */
  grid(header: {file: string}): Promise<Uint8Array>;
  /** `climate.json`, unchecked: who uses a block of it knows what it must hold; null where the site names none. */
  climate(): Promise<unknown>;
  /** A JSON table of this name, unchecked. */
  table(name: string): Promise<unknown>;
  /** `surveys.csv` as text; null where the site names none. */
  surveys(): Promise<string | null>;
};

/** A site as its folder tells it; everything that says what a place is, nothing that a user added. */
export type LoadedSite = SiteData &
  Pick<SiteFiles, 'terrain' | 'surveys'> & {devices: Device[]; gateways: Gateway[]};

/** No file of a site is larger than this: a wrong path must not fill the memory. */
const LARGEST_FILE_BYTES = 64 * 1024 * 1024;

const validId: Validator<string> = createValidator(Id);
const validSite: Validator<Site> = createValidator(Site);
const validZones: Validator<ZoneCollection> = createValidator(ZoneCollection);
const validDevices: Validator<DeviceFile> = createValidator(DeviceFile);
const validTerrain: Validator<TerrainHeader> = createValidator(TerrainHeader);
const validLandCover: Validator<LandCoverHeader> = createValidator(LandCoverHeader);

function invalid(where: string, message: string): EcoError {
  return new EcoError('site_invalid', `${where}: ${message}`);
}

/**
 * Bytes of a file that lies in `folder` itself.
 * @throws {EcoError} `site_invalid` if it is missing, too large, no plain file, or a link that leaves the folder.
 */
async function bytesInside(folder: string, name: string): Promise<Buffer> {
  const path = join(folder, name);
  let real: string;
  try {
    real = await realpath(path);
  } catch {
    throw invalid(path, 'the site names this file, and it is not there');
  }
  const root = await realpath(folder);
  if (!real.startsWith(root + sep)) throw invalid(path, `leads outside the site's folder, to ${real}`);
  const {size} = await stat(real).then((found) => {
    if (!found.isFile()) throw invalid(path, 'is not a file');
    return found;
  });
  if (size > LARGEST_FILE_BYTES) {
    throw invalid(path, `has ${size} bytes, more than the ${LARGEST_FILE_BYTES} that a site's file may have`);
  }
  return await readFile(real);
}

/** Text of a file of a site. @throws {EcoError} as `bytesInside`. */
export async function textInside(folder: string, name: string): Promise<string> {
  return (await bytesInside(folder, name)).toString('utf8');
}

/** A JSON file of a site, unchecked. @throws {EcoError} `site_invalid` if it is none. */
export async function jsonInside(folder: string, name: string): Promise<unknown> {
  const text = await textInside(folder, name);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(join(folder, name), `is no JSON (${(cause as Error).message})`);
  }
}

async function readChecked<T>(folder: string, name: string, validator: Validator<T>): Promise<T> {
  const value = await jsonInside(folder, name);
  if (!validator(value)) throw invalid(join(folder, name), validator.problem());
  return value;
}

function checkTimeZone(path: string, timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', {timeZone});
  } catch {
    throw invalid(path, `timeZone: an IANA zone such as Europe/Berlin was expected, got ${timeZone}`);
  }
}

function checkUnique(path: string, what: string, ids: readonly string[]): void {
  const seen = new Set<string>();
  for (const id of ids) {
    if (seen.has(id)) throw invalid(path, `${what} ${id} stands there twice`);
    seen.add(id);
  }
}

/**
 * The files that a site names and that few need. Each is read from the site's own folder and checked when asked for.
 * @throws {EcoError} (rejection) `site_invalid` with file, field and what was expected.
 */
export function siteFiles({site, folder}: Pick<SiteData, 'site' | 'folder'>): SiteFiles {
  return {
    terrain: () => readChecked(folder, site.terrain, validTerrain),
    landCover: async () =>
      site.landCover === undefined ? null : await readChecked(folder, site.landCover, validLandCover),
    grid: ({file}) => bytesInside(folder, file),
    climate: async () => (site.climate === undefined ? null : await jsonInside(folder, site.climate)),
    table: (name) => jsonInside(folder, name),
    surveys: async () => (site.surveys === undefined ? null : await textInside(folder, site.surveys)),
  };
}

async function loadSite(sitesDir: string, id: string): Promise<LoadedSite> {
  if (!validId(id)) {
    throw new EcoError(
      'site_unknown',
      `a site is named by letters, digits, _ and -, got ${JSON.stringify(id)}`,
    );
  }
  const folder = resolve(sitesDir, id);
  try {
    await stat(join(folder, 'site.json'));
  } catch {
    throw new EcoError('site_unknown', `no site ${id}: ${join(folder, 'site.json')} was expected`);
  }
  const path = join(folder, 'site.json');
  const site = await readChecked(folder, 'site.json', validSite);
  if (site.id !== id) throw invalid(path, `id: the folder's name ${id} was expected, got ${site.id}`);
  checkTimeZone(path, site.timeZone);
  checkUnique(
    path,
    'the day',
    site.days.map((day) => day.id),
  );

  const [collection, file] = await Promise.all([
    readChecked(folder, site.zones, validZones),
    readChecked(folder, site.devices, validDevices),
  ]);
  const zonesPath = join(folder, site.zones);
  const zoneIds = new Set(collection.features.map((zone) => zone.properties.id));
  checkUnique(
    zonesPath,
    'the zone',
    collection.features.map((zone) => zone.properties.id),
  );
  for (const {properties} of collection.features) {
    if (properties.parent && !zoneIds.has(properties.parent)) {
      throw invalid(
        zonesPath,
        `zone ${properties.id}: its parent ${properties.parent} is no zone of the site`,
      );
    }
  }

  const devicesPath = join(folder, site.devices);
  const gateways = file.gateways ?? [];
  const gatewayIds = new Set(gateways.map((gateway) => gateway.id));
  checkUnique(
    devicesPath,
    'the device',
    file.devices.map((device) => device.id),
  );
  checkUnique(
    devicesPath,
    'the gateway',
    gateways.map((gateway) => gateway.id),
  );
  for (const device of file.devices) {
    if (device.site !== undefined && device.site !== id) {
      throw invalid(devicesPath, `device ${device.id}: site ${id} was expected, got ${device.site}`);
    }
    if (device.zone && !zoneIds.has(device.zone)) {
      throw invalid(devicesPath, `device ${device.id}: its zone ${device.zone} is no zone of the site`);
    }
    if (device.gateway && gatewayIds.size > 0 && !gatewayIds.has(device.gateway)) {
      throw invalid(devicesPath, `device ${device.id}: its gateway ${device.gateway} is not listed`);
    }
  }

  const files = siteFiles({site, folder});
  return {
    site,
    zones: collection.features,
    folder,
    devices: file.devices,
    gateways,
    terrain: files.terrain,
    surveys: files.surveys,
  };
}

/**
 * Reads and checks the sites of these ids: `site.json`, its zones and its devices. Every file a site names must lie in
 * its own folder; the rest (terrain, surveys) is read when asked for.
 * @throws {EcoError} `site_unknown`, or `site_invalid` with file, field and what was expected.
 */
export async function loadSites(sitesDir: string, ids: readonly string[]): Promise<LoadedSite[]> {
  checkUnique(sitesDir, 'the site', ids);
  return await Promise.all(ids.map((id) => loadSite(sitesDir, id)));
}
