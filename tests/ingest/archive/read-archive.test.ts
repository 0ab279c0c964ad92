import {cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type Archive, createArchiveBook, loadSites, readArchive} from '#ingest';
import {NO_ZONE, RULED, TREE_ORIGINS} from '#schemas';

const ROOT = join(import.meta.dirname, '../../..');
const SITE = 'lake-saltmarsh';

/** Another place than the island: three species of the Australian interior, a handful of trees. */
const SPECIES = [
  'species_id,scientific_name,authority,chinese_name,family,leaf_habit,leaf_type,max_height_m,max_dbh_cm,max_age_yr,wood_density_g_cm3,' +
    'sla_m2_kg,shade_tolerance_1_5,drought_tolerance_1_5,waterlogging_tolerance_1_5,growth_rate,max_dbh_increment_cm_yr,seed_mass_mg,' +
    'dispersal,t_min_c,t_opt_c,t_max_c,crown_form,flowering_months',
  'eucalyptus_camaldulensis,Eucalyptus camaldulensis,Dehnh.,赤桉,Myrtaceae,evergreen,broadleaf,45,200,500,0.71,5,1.5,4,4.5,fast,2,0.7,water,3,25,45,spreading,10-2',
  'eucalyptus_coolabah,Eucalyptus coolabah,Blakely & Jacobs,,Myrtaceae,evergreen,broadleaf,20,100,,0.9,,1.5,4.5,3.5,medium,,,wind,3,26,46,spreading,',
  'acacia_aneura,"Acacia aneura",F.Muell.,,Fabaceae,evergreen,broadleaf,10,40,250,1.0,4,1.8,4.8,1.2,slow,0.4,15,animal,2,26,46,round,6',
].join('\n');
const TREES = [
  'id,tag,species,longitude_deg,latitude_deg,dbh_cm,height_m,age_yr,zone,origin,measured',
  '3,RG 1,eucalyptus_camaldulensis,137.25,-28.95,80,22,120,,natural,2024-05-06',
  '7,,acacia_aneura,137.26,-28.95,12,,,,,',
].join('\r\n');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'eco-site-'));
});
afterAll(() => rmSync(folder, {recursive: true}));

let count = 0;
async function read(files: Record<string, string>): Promise<Archive> {
  const sites = join(folder, `sites-${++count}`);
  const at = join(sites, SITE);
  cpSync(join(ROOT, 'tests/fixtures/sites', SITE), at, {recursive: true});
  const site = JSON.parse(readFileSync(join(at, 'site.json'), 'utf8')) as Record<string, unknown>;
  for (const [name, text] of Object.entries(files)) {
    site[name.split('.')[0]!] = name;
    writeFileSync(join(at, name), text);
  }
  writeFileSync(join(at, 'site.json'), JSON.stringify(site));
  const [data] = await loadSites(sites, [SITE]);
  return await readArchive(data!);
}

it('reads the files of any other site', async () => {
  const archive = await read({'species.csv': SPECIES, 'trees.csv': TREES});
  expect(
    archive.species.map(({id, chineseName, flowersFromMonth}) => [id, chineseName, flowersFromMonth]),
  ).toEqual([
    ['eucalyptus_camaldulensis', '赤桉', 10],
    ['eucalyptus_coolabah', '', null],
    ['acacia_aneura', '', 6],
  ]);
  const {trees} = archive;
  expect([...trees.id]).toEqual([3, 7]);
  expect(trees.tag).toEqual(['RG 1', '7']);
  expect(trees.measured).toEqual(['2024-05-06', null]);
  expect([...trees.origin].map((origin) => TREE_ORIGINS[origin])).toEqual(['natural', 'unknown']);
  expect([...trees.ruled]).toEqual([0, RULED.height | RULED.age]);
  expect([...trees.zone]).toEqual([NO_ZONE, NO_ZONE]);
  // 12 cm at 0.5 cm a year: the rule for slow growth
  expect(trees.ageYr[1]).toBeCloseTo(24, 6);
  expect(trees.heightM[1]).toBeGreaterThan(3);
  expect(trees.heightM[1]).toBeLessThan(10);
  expect(archive.nextId).toBe(8);
  // 0.01° of longitude at 28.95° S: N cos φ, with N = a/√(1 − e² sin² φ) of WGS 84
  expect(trees.eastM[1]! - trees.eastM[0]!).toBeCloseTo(974.86, 1);
  expect([archive.birds, archive.cohorts, archive.soils, archive.prices]).toEqual([[], [], [], null]);
});

it('fills gaps of a species from its relatives, and says so', async () => {
  const archive = await read({'species.csv': SPECIES});
  const coolabah = archive.parameters[archive.speciesAt.get('eucalyptus_coolabah')!]!;
  expect(coolabah.values.slaM2PerKg).toBe(5);
  expect(coolabah.basis.slaM2PerKg).toEqual({label: 'guess', source: 'from genus Eucalyptus'});
});

describe('what is wrong is said with file, line and column', () => {
  const species = (change: (text: string) => string) => ({'species.csv': change(SPECIES)});
  const trees = (change: (text: string) => string) => ({'species.csv': SPECIES, 'trees.csv': change(TREES)});
  it.each([
    ['no species table', {'trees.csv': TREES}, /site\.json: trees needs species/],
    ['an empty file', species(() => ''), /species\.csv: a header line was expected/],
    [
      'a column short',
      species((text) => text.replace('family', 'kin')),
      /species\.csv, line 1: columns family were expected/,
    ],
    [
      'a species twice',
      species((text) => `${text}\n${text.split('\n')[1]}`),
      /species\.csv, line 5, column species_id: .* twice/,
    ],
    [
      'a trait that is no number',
      species((text) => text.replace(',45,200', ',tall,200')),
      /species\.csv, line 2, column traits: max_height_m .*"tall"/,
    ],
    [
      'a trait that no species has',
      species((text) => text.replaceAll(/,(?:0.71|0.9|1.0),/g, ',,')),
      /species\.csv: no known species has woodDensityGPerCm3/,
    ],
    [
      'a month that is none',
      species((text) => text.replace('10-2', '13-2')),
      /line 2, column flowering_months: .*"13-2"/,
    ],
    ['a quote left open', species((text) => `${text}\n"a,b`), /species\.csv, line 5: a quote is not closed/],
    ['too few cells', trees((text) => `${text}\n9,x`), /trees\.csv, line 4: 11 cells were expected, got 2/],
    [
      'a number that is none',
      trees((text) => text.replace(',80,', ',=80,')),
      /trees\.csv, line 2, column dbh_cm: .*"=80"/,
    ],
    ['NaN', trees((text) => text.replace(',80,', ',NaN,')), /trees\.csv, line 2, column dbh_cm: .*"NaN"/],
    [
      'a negative diameter',
      trees((text) => text.replace(',80,', ',-80,')),
      /column dbh_cm: a number from 0.1 to 1500/,
    ],
    [
      'ids that go back',
      trees((text) => text.replace('\n7,', '\n3,')),
      /line 3, column id: .*\(3\) was expected, got 3/,
    ],
    [
      'an unknown species',
      trees((text) => text.replace('acacia_aneura', 'pinus')),
      /line 3, column species: .*"pinus"/,
    ],
    [
      'an unknown zone',
      trees((text) => text.replace(',,natural', ',moon,natural')),
      /line 2, column zone: .*"moon"/,
    ],
    [
      'an unknown origin',
      trees((text) => text.replace('natural', 'gift')),
      /column origin: planted, natural, unknown/,
    ],
    ['a day that is none', trees((text) => text.replace('2024-05-06', 'May')), /column measured: .*"May"/],
    [
      'a tree without a place',
      trees((text) => text.replace('137.26', '')),
      /line 3, column longitude_deg: .*empty/,
    ],
  ])('%s', async (_name, files, message) => {
    const refused = await read(files).then(
      () => null,
      (error: unknown) => error,
    );
    expect(refused).toMatchObject({code: 'site_invalid', message: expect.stringMatching(message)});
  });

  const soils = () => JSON.parse(readFileSync(join(ROOT, 'sites/guangyang/soils.json'), 'utf8'));
  it.each([
    [
      'soils',
      'a hole between layers',
      (file: {soils: {layers: {fromM: number}[]}[]}) => (file.soils[0]!.layers[1]!.fromM = 0.3),
      /soil purple: a layer from 0.2 m/,
    ],
    [
      'soils',
      'water that cannot be',
      (file: ReturnType<typeof soils>) => (file.soils[0].layers[0].wiltingPointFraction.value = 0.4),
      /soil purple: wilting point < field capacity/,
    ],
    [
      'soils',
      'a figure without a source',
      (file: ReturnType<typeof soils>) => delete file.soils[0].fertility.source,
      /soils\.0\.fertility/,
    ],
    [
      'soils',
      'a soil twice',
      (file: ReturnType<typeof soils>) => (file.soils[1].id = 'purple'),
      /soil purple: stands there twice/,
    ],
  ] as const)('%s: %s', async (name, _what, change, message) => {
    const file = soils();
    change(file);
    await expect(read({[`${name}.json`]: JSON.stringify(file)})).rejects.toMatchObject({
      code: 'site_invalid',
      message: expect.stringMatching(message),
    });
  });
});

it('28,327 trees are read in a few times what it takes to split their text into numbers', async () => {
  const [data] = await loadSites(join(ROOT, 'sites'), ['guangyang']);
  expect((await readArchive(data!)).trees.count).toBe(28_327);
  // the least of five in turn: other work on the machine only ever adds
  const least = {reading: Number.POSITIVE_INFINITY, splitting: Number.POSITIVE_INFINITY};
  const take = async (what: keyof typeof least, run: () => unknown) => {
    const before = process.cpuUsage();
    await run();
    const {user, system} = process.cpuUsage(before);
    least[what] = Math.min(least[what], user + system);
  };
  const trees = join(ROOT, 'sites/guangyang/trees.csv');
  const split = () =>
    readFileSync(trees, 'utf8')
      .split('\n')
      .map((line) => line.split(',').map(Number));
  for (let round = 0; round < 5; round += 1) {
    await take('reading', () => readArchive(data!));
    await take('splitting', split);
  }
  // 5 on an idle machine, with the other files of the archive and every check
  expect(least.reading / least.splitting).toBeLessThan(20);
});

it('an archive is read once, and again when a file of it changed', async () => {
  const sites = join(folder, 'book');
  cpSync(join(ROOT, 'tests/fixtures/sites', SITE), join(sites, SITE), {recursive: true});
  const path = join(sites, SITE, 'site.json');
  const site = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({...site, species: 'species.csv', trees: 'trees.csv'}));
  writeFileSync(join(sites, SITE, 'species.csv'), SPECIES);
  writeFileSync(join(sites, SITE, 'trees.csv'), TREES);
  const [data] = await loadSites(sites, [SITE]);
  const book = createArchiveBook({sites: [data!], folder: join(folder, 'kept')});
  const [first, second] = await Promise.all([book.of(SITE), book.of(SITE)]);
  expect(second).toBe(first);
  expect(await book.of(SITE)).toBe(first);
  writeFileSync(join(sites, SITE, 'trees.csv'), `${TREES}\n9,,acacia_aneura,137.27,-28.95,9,4,20,,,`);
  expect((await book.of(SITE)).trees.count).toBe(3);
  await expect(book.of('moon')).rejects.toMatchObject({code: 'site_unknown', status: 404});
});
