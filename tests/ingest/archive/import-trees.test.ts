import {readFileSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {
  type ArchiveBook,
  createArchiveBook,
  loadSites,
  type PlannedImport,
  planImport,
  rejectedCsv,
  TREE_MAP_PRESETS,
  treesAt,
} from '#ingest';
import {EcoError, RULED, type SiteData, type TreeMap} from '#schemas';

const ROOT = join(import.meta.dirname, '../../..');
const FIXTURES = join(ROOT, 'tests/fixtures');
const NOW = Date.parse('2026-01-15T08:00:00Z');
type Expected = {
  tag: string;
  species: string;
  longitudeDeg: number;
  latitudeDeg: number;
  dbhCm: number;
  heightM: number | null;
  ageYr: number | null;
  day: string;
};
const survey = readFileSync(join(FIXTURES, 'inventory/survey-gbk-4545.csv'));
const expected = JSON.parse(
  readFileSync(join(FIXTURES, 'inventory/survey-expected.json'), 'utf8'),
) as Expected[];

let data: SiteData;
let folder: string;
let book: ArchiveBook;
beforeAll(async () => {
  const [loaded] = await loadSites(join(ROOT, 'sites'), ['guangyang']);
  data = loaded!;
  folder = await mkdtemp(join(tmpdir(), 'eco-archive-'));
  book = createArchiveBook({sites: [data], folder});
});
afterAll(() => rm(folder, {recursive: true}));

const EMPTY: TreeMap = {schemaVersion: 1};
async function plan(
  bytes: Uint8Array | string,
  more: {map?: TreeMap; replaces?: 'nothing' | 'zones' | 'everything'; nowMs?: number} = {},
): Promise<PlannedImport> {
  return await planImport(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, {
    file: 'inventory.csv',
    map: more.map ?? EMPTY,
    data,
    archive: await book.of(data.site.id),
    replaces: more.replaces ?? 'nothing',
    nowMs: more.nowMs ?? NOW,
  });
}

describe('a survey in GBK with girths, Chinese names and EPSG:4545', () => {
  let planned: PlannedImport;
  beforeAll(async () => {
    planned = await plan(survey);
  });

  // The counts of the fixture's README.
  it('comes in with exact counts', () => {
    const {report} = planned;
    expect(report).toMatchObject({
      encoding: 'gbk',
      rows: 43,
      added: 22,
      updated: 1,
      unchanged: 0,
      heightsByRule: 2,
      agesByRule: 2,
    });
    expect(report.rejected).toEqual({
      species_unknown: 2,
      duplicate_tag: 1,
      duplicate_place: 1,
      stem_invalid: 4,
      stem_missing: 1,
      height_invalid: 1,
      height_implausible: 1,
      age_invalid: 1,
      date_invalid: 2,
      out_of_bounds: 1,
      position_missing: 1,
      position_invalid: 1,
      not_alive: 1,
      row_unreadable: 2,
    });
  });

  it('tells what it guessed', () => {
    const {map, guesses, leftOut} = planned.report;
    expect(map).toMatchObject({
      crs: 'EPSG:4545',
      columns: {
        tag: '树牌编号',
        names: ['学名', '树种'],
        x: 'Y坐标',
        y: 'X坐标',
        girth: '胸围(cm)',
        height: '树高(m)',
      },
      units: {stem: 'cm', height: 'm'},
    });
    expect(guesses.find(({what}) => what === 'reference system')).toMatchObject({
      value: 'EPSG:4545, Y坐标 being the easting',
    });
    expect(leftOut).toEqual(['备注']);
  });

  it('every tree is what and where it was before PROJ projected it', () => {
    expect(planned.kept.trees.map(({tag}) => tag)).toEqual([...expected.map(({tag}) => tag), 'GY-001']);
    for (const [i, tree] of expected.entries()) {
      const found = planned.kept.trees[i]!;
      expect(found.species, tree.tag).toBe(tree.species);
      // figures in the file are to the millimetre
      expect(found.longitudeDeg).toBeCloseTo(tree.longitudeDeg, 6);
      expect(found.latitudeDeg).toBeCloseTo(tree.latitudeDeg, 6);
      expect(found.dbhCm).toBeCloseTo(tree.dbhCm, 2);
      expect([found.heightM, found.ageYr, found.measured]).toEqual([tree.heightM, tree.ageYr, tree.day]);
    }
  });

  it('species outside the table take after their genus or family, and say so', () => {
    expect(planned.report.newSpecies.map(({id, from, trees}) => [id, from, trees])).toEqual([
      ['picea_asperata', 'family Pinaceae', 1],
      ['acer_truncatum', 'genus Acer', 1],
      ['davidia_involucrata', 'family Nyssaceae', 1],
    ]);
  });

  it('rejected rows come as CSV with the reason, and no cell is a formula', () => {
    const csv = rejectedCsv(planned);
    const lines = csv.trimEnd().split('\r\n');
    expect(lines).toHaveLength(21);
    expect(lines[0]).toBe(
      '\uFEFF树牌编号,树种,学名,X坐标,Y坐标,胸围(cm),树高(m),树龄,调查日期,起源,状态,备注,line,reason,message',
    );
    expect(csv).toContain(",'=1+1,");
    expect(csv).not.toMatch(/(^|,)=/m);
    expect(lines.find((line) => line.startsWith('GY-022'))).toBeUndefined();
    expect(lines.filter((line) => line.includes(',duplicate_tag,'))).toHaveLength(1);
  });

  it('is kept, read again, and adds nothing a second time; a later survey adds a measurement', async () => {
    await book.keep(planned.kept, 0);
    // as after a restart
    book = createArchiveBook({sites: [data], folder});
    const archive = await book.of('guangyang');
    expect(archive.trees.count).toBe(28_327 + 22);
    const at = archive.trees.tag.indexOf('GY-001');
    expect(archive.trees.measured[at]).toBe('2025-10-08');
    expect(archive.trees.dbhCm[at]).toBeCloseTo(62.8 / Math.PI, 2);
    expect(archive.history.get(archive.trees.id[at]!)!.map(({measured}) => measured)).toEqual([
      '2024-10-08',
      '2025-10-08',
    ]);
    const before = treesAt(archive, '2025-01-01');
    expect(before.dbhCm[at]).toBeCloseTo(59.7 / Math.PI, 2);
    const byRule = archive.trees.tag.indexOf('GY-040');
    expect(archive.trees.ruled[byRule]).toBe(RULED.height | RULED.age);
    expect(archive.trees.heightM[byRule]).toBeGreaterThan(5);
    // 20 cm at 0.8 cm a year: the rule for trees of medium growth
    expect(archive.trees.ageYr[byRule]).toBeCloseTo(25, 0);
    const spruce = archive.speciesAt.get('picea_asperata')!;
    expect(archive.parameters[spruce]!.type).toBe('CON');
    expect(archive.parameters[spruce]!.basis.maxHeightM).toEqual({
      label: 'guess',
      source: 'from family Pinaceae',
    });

    const again = await plan(survey);
    expect(again.report).toMatchObject({added: 0, updated: 0, unchanged: 23});

    const later = await plan('tag,species,dbh_cm,date\nGY-002,Ficus virens,83.5,2026-01-10\n');
    expect(later.report).toMatchObject({rows: 1, added: 0, updated: 1});
    await book.keep(later.kept, archive.imports);
    const now = await book.of('guangyang');
    const fig = now.trees.tag.indexOf('GY-002');
    expect(now.trees.count).toBe(28_327 + 22);
    expect([now.trees.dbhCm[fig], now.trees.measured[fig]]).toEqual([83.5, '2026-01-10']);
    // 60 years in October 2025
    expect(now.trees.ageYr[fig]).toBeCloseTo(60.26, 2);
  });

  it('two imports at once: the later one is told to look again', async () => {
    await expect(book.keep(planned.kept, 0)).rejects.toMatchObject({code: 'import_conflict'});
  });
});

describe('tree lists of iLand', () => {
  it.each([
    ['fasy', 'fagus_sylvatica', 'family Fagaceae'],
    ['piab', 'picea_abies', 'family Pinaceae'],
    ['poni', 'populus_nigra', 'genus Populus'],
  ])('%s comes in by the preset, 700 trees', async (code, id, from) => {
    const bytes = readFileSync(join(FIXTURES, `copyleft/iland/list-${code}.csv`));
    const {report, kept} = await plan(bytes, {map: TREE_MAP_PRESETS['iland-trees']!});
    expect(report).toMatchObject({
      rows: 700,
      added: 700,
      updated: 0,
      newSpecies: [{id, from, trees: 700}],
    });
    expect(report.rejected).toEqual({});
    // first row of the list: 92.42 m east, 46.57 m north; a degree of latitude is 110.85 km there
    const {origin} = data.site;
    expect((kept.trees[0]!.latitudeDeg - origin.latitudeDeg) * 110_850).toBeCloseTo(46.57, 0);
    expect((kept.trees[0]!.longitudeDeg - origin.longitudeDeg) * 96_900).toBeCloseTo(92.42, 0);
    expect(kept.trees[0]).toMatchObject({dbhCm: 9.1, ageYr: 20});
  });
});

describe('the same trees in other dress', () => {
  const utf8 = new TextDecoder('gbk').decode(survey);
  it.each([
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${utf8}`), 'utf-8'],
    ['UTF-16', Buffer.from(`\uFEFF${utf8}`, 'utf16le'), 'utf-16le'],
    ['semicolons', Buffer.from(utf8.replaceAll(',', ';')), 'utf-8'],
  ])('%s', async (_name, bytes, encoding) => {
    const {report} = await plan(bytes);
    expect(report).toMatchObject({encoding, rows: 43, unchanged: 23});
  });

  // places of tests/fixtures/inventory in UTM 48 N and CGCS2000 zone 36, by PROJ 9 (pyproj 3.7.2)
  it.each([
    ['degrees', 'lon,lat', '106.7021,29.5785', 'EPSG:4326'],
    ['degrees in full-width figures', '经度,纬度', '１０６.７０２１,２９.５７８５', 'EPSG:4326'],
    ['UTM 48 N', 'x,y', '664865.430,3273290.246', 'EPSG:32648'],
    ['CGCS2000 3-degree, central meridian 105', 'x,y', '664931.403,3274600.086', 'EPSG:4544'],
    ['with the zone before the easting', 'x,y', '36374239.081,3274093.772', 'EPSG:4524'],
  ])('%s', async (_name, header, place, crs) => {
    const {report, kept} = await plan(`species,dbh,${header}\nGinkgo biloba,20,${place}\n`);
    expect(report.map.crs).toBe(crs);
    expect(kept.trees[0]!.longitudeDeg).toBeCloseTo(106.7021, 5);
    expect(kept.trees[0]!.latitudeDeg).toBeCloseTo(29.5785, 5);
  });

  it.each([
    ['胸径(mm)', '203', 20.3],
    ['胸径', '20.3', 20.3],
    ['胸径(cm)', '203 mm', 20.3],
    ['girth_mm', '628.3', 20],
    ['胸围', '628.3', 20],
    ['dbh', '２０．３厘米', 20.3],
  ])('a stem of %s %s', async (header, cell, dbhCm) => {
    const {kept} = await plan(`species,lon,lat,${header}\nGinkgo biloba,106.7021,29.5785,${cell}\n`);
    expect(kept.trees[0]!.dbhCm).toBeCloseTo(dbhCm, 1);
  });
});

describe('what is no inventory', () => {
  it.each([
    ['a workbook', Buffer.from([0x50, 0x4b, 3, 4, 0, 0]), 'inventory_invalid', /workbook/],
    ['a picture', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46]), 'inventory_invalid', /text/],
    ['text with zeros', Buffer.from('a,b\n\0,1\n'), 'inventory_invalid', /text/],
    ['nothing', Buffer.alloc(0), 'inventory_invalid', /empty/],
    [
      'one line without an end',
      Buffer.alloc(1_000_000, 'a'),
      'inventory_invalid',
      /at most 65536 characters/,
    ],
    ['other columns', Buffer.from('a,b\n1,2\n'), 'map_failed', /species.*diameter.*x and y/],
    ['two columns of one name', Buffer.from('dbh,dbh\n1,2\n'), 'inventory_invalid', /twice/],
    ['places elsewhere', Buffer.from('species,dbh,lon,lat\nGinkgo biloba,20,10,50\n'), 'map_failed', /crs/],
  ])('%s', async (_name, bytes, code, message) => {
    const refused = await plan(bytes).then(
      () => null,
      (error: unknown) => error,
    );
    expect(refused).toMatchObject({code, message: expect.stringMatching(message)});
  });

  it('more than 64 MiB', async () => {
    await expect(plan(new Uint8Array(64 * 1024 * 1024 + 1))).rejects.toMatchObject({
      code: 'inventory_too_large',
    });
  });

  it('a map that names a column that is not there', async () => {
    const map: TreeMap = {schemaVersion: 1, columns: {dbh: 'stem'}};
    await expect(plan('species,dbh,lon,lat\n', {map})).rejects.toMatchObject({
      code: 'map_failed',
      message: expect.stringContaining('stem'),
    });
  });
});

describe('whatever a file holds', () => {
  const refusedOrRead = async (bytes: Uint8Array): Promise<void> => {
    try {
      const {report, rejected, kept} = await plan(bytes);
      const refused = Object.values(report.rejected).reduce((sum, count) => sum + count, 0);
      expect(report.added + report.updated + report.unchanged + refused).toBe(report.rows);
      expect([rejected.length, kept.trees.length]).toEqual([refused, report.added + report.updated]);
    } catch (error) {
      if (!(error instanceof EcoError)) throw error;
    }
  };

  it('bytes', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({maxLength: 300}), refusedOrRead), {numRuns: 200});
  });

  it('cells under a good header', async () => {
    const cell = fc.oneof(
      fc.string({unit: 'grapheme', maxLength: 12}),
      fc.constantFrom(
        '20',
        '-1',
        'Infinity',
        '1e400',
        '106.7021',
        '29.5785',
        'Ginkgo biloba',
        '2025-01-01',
        '=1',
        '"',
        '',
      ),
      fc.double().map(String),
    );
    const rows = fc.array(
      fc.array(cell, {minLength: 5, maxLength: 8}).map((cells) => cells.join(',')),
      {maxLength: 20},
    );
    const map: TreeMap = {...EMPTY, crs: 'EPSG:4326'};
    await fc.assert(
      fc.asyncProperty(rows, async (lines) => {
        const text = ['tag,species,lon,lat,dbh,height,age,date', ...lines].join('\n');
        await refusedOrRead(Buffer.from(text));
        const {report} = await plan(text, {map});
        expect(report.rows).toBeGreaterThanOrEqual(report.added);
      }),
      {numRuns: 100},
    );
  });
});

it('a site without species says what it needs', async () => {
  const archive = {...(await book.of('guangyang')), species: []};
  await expect(
    planImport(survey, {file: 'a.csv', map: EMPTY, data, archive, replaces: 'nothing', nowMs: NOW}),
  ).rejects.toMatchObject({code: 'species_missing'});
});

it('an import may take the place of the made-up trees, of its zones or of all', async () => {
  const own = await mkdtemp(join(tmpdir(), 'eco-archive-'));
  try {
    for (const [replaces, left] of [
      ['zones', (zone: string) => zone !== 'meadow'],
      ['everything', () => false],
    ] as const) {
      const fresh = createArchiveBook({sites: [data], folder: join(own, replaces)});
      const before = await fresh.of('guangyang');
      const inMeadow = before.zones.indexOf('meadow');
      const place = before.trees.zone.indexOf(inMeadow);
      const [longitude, latitude] = [before.trees.longitudeDeg[place]!, before.trees.latitudeDeg[place]!];
      const planned = await planImport(
        Buffer.from(`species,dbh,lon,lat\nGinkgo biloba,20,${longitude},${latitude}\n`),
        {
          ...{
            file: 'one.csv',
            map: {...EMPTY, crs: 'EPSG:4326'},
            data,
            archive: before,
            replaces,
            nowMs: NOW,
          },
        },
      );
      await fresh.keep(planned.kept, 0);
      const {trees, zones} = await fresh.of('guangyang');
      const kept = [...before.trees.zone].filter((zone) => left(before.zones[zone]!)).length;
      expect(trees.count).toBe(kept + 1);
      expect(zones[trees.zone[trees.count - 1]!]).toBe('meadow');
      expect(trees.id.at(-1)).toBe(28_328);
    }
  } finally {
    await rm(own, {recursive: true});
  }
});
