import {OWN_SITES} from '../core.ts';
import {makeSite} from '../new-site/new-site.ts';
import {
  type Command,
  numberOption,
  type Parsed,
  parse,
  textOption,
  typedPath,
  UsageError,
} from './command.ts';

function centreOf(parsed: Parsed): {longitudeDeg: number; latitudeDeg: number} {
  const text = textOption(parsed, 'center');
  if (text === undefined)
    throw new UsageError('--center LON,LAT is missing: where is the site, degrees WGS 84?');
  const [longitudeDeg, latitudeDeg, ...more] = text
    .split(',')
    .map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (longitudeDeg === undefined || latitudeDeg === undefined || more.length > 0) {
    throw new UsageError(`--center: LON,LAT was expected, got ${text}`);
  }
  if (!(Math.abs(longitudeDeg) <= 180 && Math.abs(latitudeDeg) <= 90)) {
    throw new UsageError(
      `--center: a longitude within 180 and a latitude within 90 degrees were expected, got ${text}`,
    );
  }
  return {longitudeDeg, latitudeDeg};
}

export const site: Command = {
  help: `eco site new NAME --center LON,LAT --zone-file FILE [--dem FILE] [--dem-epsg N] [--height M]
             [--time-zone ZONE] [--title TEXT] [--sites-dir DIR] [--json]

Makes the folder of a site without devices, ready to be served. FILE holds the zones as GeoJSON polygons (WGS 84); their properties
id, name, kind, parent, vegetation, soil and normalLevelM (of standing water) are taken. Known kinds are drawn as what they are:
forest, woodland, shrubland, grassland, field, wetland, drawdown, built, road, water, lake. --dem is a GeoTIFF or an ESRI ASCII grid
of elevations in metres (degrees, UTM, CGCS2000 3-degree zones or web Mercator; --dem-epsg says which where the file does not);
without it the ground is a flat plane at --height, marked as synthetic. Without --time-zone, days are those of the hour zone of
the longitude.

example:
  npm run eco -- site new my-wetland --center 106.71,29.58 --zone-file zones.geojson --dem dem.tif --sites-dir ./my-sites
  npm run eco -- start --sites-dir ./my-sites --site my-wetland`,
  run: async (argv, io) => {
    const parsed = parse(argv, io, {
      options: {
        center: {type: 'string'},
        'zone-file': {type: 'string'},
        dem: {type: 'string'},
        'dem-epsg': {type: 'string'},
        height: {type: 'string'},
        'time-zone': {type: 'string'},
        title: {type: 'string'},
      },
      positionals: ['new', 'NAME'],
    });
    const [action, name] = parsed.positionals;
    if (action !== 'new') throw new UsageError(`site: expected new, got ${action}`);
    const zoneFile = textOption(parsed, 'zone-file');
    if (zoneFile === undefined)
      throw new UsageError('--zone-file FILE is missing: GeoJSON polygons of the zones');
    const dem = textOption(parsed, 'dem');
    const demEpsg = numberOption(parsed, 'dem-epsg', {least: 1024, most: 999_999});
    const flatM = numberOption(parsed, 'height', {least: -500, most: 9000});
    if (dem !== undefined && flatM !== undefined)
      throw new UsageError('--dem or --height was expected, not both');
    const timeZone = textOption(parsed, 'time-zone');
    const title = textOption(parsed, 'title');
    const sitesDir = parsed.settings.sitesDir ?? OWN_SITES;
    const made = await makeSite(sitesDir, {
      id: name!,
      centre: centreOf(parsed),
      zoneFile: typedPath(zoneFile, io.env),
      ...(dem === undefined ? {} : {demFile: typedPath(dem, io.env)}),
      ...(demEpsg === undefined ? {} : {demEpsg}),
      ...(flatM === undefined ? {} : {flatM}),
      ...(timeZone === undefined ? {} : {timeZone}),
      ...(title === undefined ? {} : {name: {en: title, zh: title}}),
    });
    if (parsed.json) {
      io.out(JSON.stringify(made));
      return 0;
    }
    const {terrain, areaHa, zones} = made;
    io.out(`folder   ${made.folder}`);
    io.out(`zones    ${zones}, ${Number(areaHa.toPrecision(4))} ha`);
    io.out(
      `ground   ${terrain.columns} x ${terrain.rows} samples ${terrain.stepM} m apart, ` +
        `${terrain.lowM.toFixed(1)} to ${terrain.highM.toFixed(1)} m${terrain.synthetic ? ', flat and marked synthetic' : ''}`,
    );
    io.out(
      `days     of ${made.timeZone}${timeZone === undefined ? ' (by longitude; --time-zone says better)' : ''}`,
    );
    const where = parsed.settings.sitesDir === undefined ? '' : `--sites-dir ${sitesDir} `;
    io.out(`start    npm run eco -- start ${where}--site ${made.id}`);
    return 0;
  },
};
