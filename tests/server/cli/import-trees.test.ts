import {existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {runEco} from '../../../server/cli/eco.ts';
import {openHarness} from '../harness.ts';

const ROOT = join(import.meta.dirname, '../../..');
const FIXTURES = join(ROOT, 'tests/fixtures');
const SURVEY = join(FIXTURES, 'inventory/survey-gbk-4545.csv');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eco-trees-'));
});
afterAll(() => rm(folder, {recursive: true, force: true}));

async function eco(...argv: string[]): Promise<{code: number; out: string; err: string}> {
  const said = {out: '', err: ''};
  const code = await runEco(['import', 'trees', ...argv], {
    out: (line) => {
      said.out += `${line}\n`;
    },
    err: (line) => {
      said.err += `${line}\n`;
    },
    env: {ECO_DATA_DIR: join(folder, 'data'), ECO_SITE: 'guangyang', ECO_FLEET: 'off'},
    isTerminal: false,
  });
  return {code, ...said};
}

describe('eco import trees', () => {
  it('--dry-run tells what would come in and keeps nothing', async () => {
    const {code, out, err} = await eco(SURVEY, '--dry-run', '--rejected', join(folder, 'rejected.csv'));
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('43 rows in gbk');
    expect(out).toContain('guessed: reference system "EPSG:4545, Y坐标 being the easting"');
    expect(out).toContain('22 new trees, 1 new measurements of known trees, 0 known already');
    expect(out).toContain('Picea asperata, 1 trees, parameters from its family Pinaceae (guess)');
    expect(out).toContain('20 rows rejected: ');
    expect(out).toContain('nothing was kept');
    expect(readFileSync(join(folder, 'rejected.csv'), 'utf8').trimEnd().split('\r\n')).toHaveLength(21);
    expect(existsSync(join(folder, 'data', 'archive'))).toBe(false);
  });

  it('keeps the trees; a server that runs shows them at once, and after a restart', async () => {
    const options = {
      sitesDir: join(ROOT, 'sites'),
      site: 'guangyang',
      fleet: 'off' as const,
      dataDir: join(folder, 'data'),
    };
    const running = await openHarness(options);
    const trees = async (harness: typeof running) => {
      const answer = await harness.app.inject({
        url: '/api/v1/trees?species=picea_asperata,ficus_virens&after=guangyang/28327',
      });
      return answer.json() as {features: {properties: Record<string, unknown>}[]; code?: string};
    };
    expect(await trees(running)).toMatchObject({code: 'species_unknown'});
    const {code, out} = await eco(SURVEY, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({added: 22, updated: 1, kept: true});
    const shown = (await trees(running)).features.map(({properties}) => properties);
    expect(shown).toHaveLength(2);
    expect(shown[0]).toMatchObject({
      ...{tag: 'GY-002', species: 'ficus_virens', measured: '2025-10-08', synthetic: false},
      ...{origin: 'natural', byRule: []},
    });
    await running.core.close();
    await running.app.close();
    const again = await openHarness(options);
    expect((await trees(again)).features).toHaveLength(2);
    const {items} = (await again.app.inject({url: '/api/v1/species'})).json() as {
      items: Record<string, unknown>[];
    };
    expect(items.find(({id}) => id === 'picea_asperata')).toMatchObject({
      type: {id: 'CON'},
      synthetic: false,
      parameters: {woodDensityGPerCm3: {label: 'guess', source: 'from family Pinaceae'}},
    });
    await again.core.close();
    await again.app.close();
  });

  it('tree lists of iLand come in at a corner', async () => {
    const {code, out} = await eco(
      join(FIXTURES, 'copyleft/iland/list-poni.csv'),
      ...['--map', 'iland-trees', '--corner', '106.7049,29.5843', '--dry-run', '--json'],
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({rows: 700, added: 700, map: {corner: {longitudeDeg: 106.7049}}});
  });

  it.each([
    ['no file', ['nothing.csv'], 1, /cannot be read/],
    ['a folder', ['.'], 1, /is no file/],
    ['a site that is not served', [SURVEY, '--site', 'moon'], 2, /one of guangyang was expected, got moon/],
    [
      'a word that is none',
      [SURVEY, '--replace', 'some'],
      2,
      /nothing, zones, everything was expected, got some/,
    ],
    ['a corner that is none', [SURVEY, '--corner', '1,2,3'], 2, /LON,LAT/],
    ['a map that is none', [SURVEY, '--map', SURVEY], 1, /a map in JSON was expected/],
    [
      'a place to write that is none',
      [SURVEY, '--dry-run', '--rejected', '/nowhere/at/all.csv'],
      1,
      /cannot be written/,
    ],
  ])('%s', async (_name, argv, code, message) => {
    const told = await eco(...argv);
    expect([told.code, told.out]).toEqual([code, '']);
    expect(told.err).toMatch(message);
    expect(told.err.trim().split('\n')).toHaveLength(1);
  });

  it('a map with a word it may not have', async () => {
    const map = join(folder, 'map.json');
    writeFileSync(map, JSON.stringify({schemaVersion: 1, units: {stem: 'inch'}}));
    const told = await eco(SURVEY, '--map', map);
    expect([told.code, told.err]).toEqual([1, expect.stringContaining('units.stem')]);
  });

  it('a gigabyte is refused before it is read', async () => {
    mkdirSync(folder, {recursive: true});
    const large = join(folder, 'large.csv');
    writeFileSync(large, 'species,dbh\n');
    // a hole: no disk is used
    truncateSync(large, 1 << 30);
    const told = await eco(large);
    expect([told.code, told.err]).toEqual([
      1,
      expect.stringMatching(/at most 64 MiB were expected, got 1024/),
    ]);
  });
});
