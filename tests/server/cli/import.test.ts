import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import type {StatisticsBody} from '#schemas';
import {createBackupJobs} from '../../../server/backup/backup-jobs.ts';
import {runEco} from '../../../server/cli/eco.ts';
import {createComponents} from '../../../server/components.ts';
import {openCore} from '../../../server/core.ts';
import {createExports} from '../../../server/export/exports.ts';
import {createHttp} from '../../../server/http.ts';
import {readSettings} from '../../../server/settings.ts';
import {createSimulation} from '../../../server/simulate/simulation.ts';
import {SITE, SITES} from '../harness.ts';

/**
 * A sheet as a laboratory writes it, our own. The ammonia column holds the figures of Helsel's Oahu example (arsenic, µg/L; see
 * the test of Kaplan-Meier), so that what comes out can be compared with what is published.
 */
const AMMONIA = [
  ...['0.5', '0.5', '0.5', '0.6', '0.7', '0.7', '<0.9', '0.9', '<1', '<1', '＜1', '< 1'],
  ...['1.5', '1.7', '<2', '<2', '<2', '<2', '<2', '<2', '<2', '<2', '2.8', '3.2'],
];
const SHEET = [
  'sample,site,sampled,NH3-N (mg/L),TP (mg/L),remarks',
  ...AMMONIA.map((value, i) => `W${i},inlet,2026-05-${String(i + 1).padStart(2, '0')} 09:30,${value},<0.01,`),
  'W90,outlet,2026-05-30 09:30,ND,0.03,"bottle broken, second sample"',
  'W91,outlet,2026-05-31 09:30,trace,0.04,',
].join('\r\n');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eco-import-'));
  await writeFile(join(folder, 'sheet.csv'), SHEET);
});
afterAll(() => rm(folder, {recursive: true, force: true}));

const env = () => ({
  ECO_DATA_DIR: join(folder, 'data'),
  ECO_SITE: SITE,
  ECO_SITES_DIR: SITES,
  ECO_FLEET: 'off',
});
async function eco(...argv: string[]): Promise<{code: number; out: string; err: string}> {
  const said = {out: '', err: ''};
  const code = await runEco(argv, {
    out: (line) => {
      said.out += `${line}\n`;
    },
    err: (line) => {
      said.err += `${line}\n`;
    },
    env: env(),
    isTerminal: false,
  });
  return {code, ...said};
}

it('takes a laboratory sheet in once, with its limits and its methods', async () => {
  const first = await eco('import', join(folder, 'sheet.csv'), '--map', 'lab-water', '--json');
  expect(first.err).toBe('');
  expect(first.code).toBe(0);
  const report = JSON.parse(first.out);
  expect(report).toMatchObject({
    rows: 26,
    devices: ['lab-inlet', 'lab-outlet'],
    columns: {ignored: ['sample', 'remarks'], absent: ['TN (mg/L)', 'CODMn (mg/L)']},
    rejected: {total: 1, byCode: {value_invalid: 1}},
  });
  expect(report.rejected.first[0]).toMatchObject({line: 27, column: 'NH3-N (mg/L)'});
  expect((await eco('import', join(folder, 'sheet.csv'), '--map', 'lab-water', '--json')).code).toBe(0);

  const settings = readSettings({}, env());
  const core = await openCore(settings, {log: () => {}, sitesDir: SITES});
  const {dataDir} = settings;
  const simulation = createSimulation({
    observations: {reader: core.store, registry: core.registry},
    ...{sites: core.sites, dataDir, program: '0.0.0', live: core.live, now: Date.now},
    ...{log: () => {}, runs: false},
  });
  const app = await createHttp({
    ...core,
    simulation,
    components: createComponents(),
    backups: createBackupJobs({store: core.store, dataDir: settings.dataDir, program: '0.0.0'}, () => {}),
    exports: createExports({...core, dataDir: settings.dataDir, now: Date.now}),
    hosts: new Set(['localhost']),
    connections: () => 0,
    mqttUrl: null,
    dataDir: settings.dataDir,
    fleetPasswords: () => ({}),
    pageFolder: folder,
    version: '0.0.0',
    startedMs: 0,
    checkAnswers: true,
    now: Date.now,
    log: () => {},
  });
  try {
    // 24 and 24, 1 missing and 2; the second run found all of them there.
    expect(core.store.counts()).toMatchObject({stored: 51, duplicate: 51, conflict: 0});
    const get = async (url: string) => (await app.inject({url: `/api/v1${url}`})).json();
    const range = 'from=2026-05-01T00:00:00Z&to=2026-06-01T00:00:00Z';
    const ammonia: StatisticsBody = await get(
      `/datastreams/${encodeURIComponent('lab-inlet:ammonia_nitrogen:point')}/statistics?${range}`,
    );
    expect(ammonia).toMatchObject({
      count: 24,
      used: 24,
      detected: 11,
      median: 0.7,
      min: 0.5,
      max: 3.2,
      method: 'kaplan-meier',
      censored: {below: 13, belowLimit: 2, restFraction: 0},
    });
    expect(ammonia.mean).toBeCloseTo(0.949, 3);
    const phosphorus: StatisticsBody = await get(
      `/datastreams/${encodeURIComponent('lab-inlet:total_phosphorus:point')}/statistics?${range}`,
    );
    expect(phosphorus).toMatchObject({
      detected: 0,
      mean: null,
      min: null,
      censored: {below: 24, belowLimit: 0.01},
    });
    const months = await get(
      `/series?datastream=${encodeURIComponent('lab-inlet:ammonia_nitrogen:point')}&${range}&bucket=P1M`,
    );
    expect(months.censoredMethod).toBe('kaplan-meier');
    expect(months.points).toHaveLength(1);
    expect(months.points[0].mean).toBe(ammonia.mean);
    const story = await get(
      `/observations/${encodeURIComponent('lab-inlet:ammonia_nitrogen:point')}/2026-05-07T01:30:00Z/explain`,
    );
    expect(story).toMatchObject({
      stored: {result: 0.9, censored: '<', flag: 1},
      deployment: {sensor: "HJ 535-2009, Nessler's reagent"},
    });
  } finally {
    await app.close();
    await simulation.close();
    await core.close();
  }
});

it.each([
  {argv: ['import', 'nowhere.csv'], code: 2, says: /--map is missing/},
  {argv: ['import'], code: 2, says: /FILE is missing/},
  {argv: ['import', 'nowhere.csv', '--map', 'none-such'], code: 1, says: /none-such/},
])('$argv is refused with what is wrong', async ({argv, code, says}) => {
  const refused = await eco(...argv);
  expect(refused.code).toBe(code);
  expect(refused.err).toMatch(says);
});
