import {execFileSync} from 'node:child_process';
import {join} from 'node:path';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import {Forest, type ForestTree, treeParametersOf} from '#model';
import {type RunPlan, runMember} from '#simulation';
import {type Bench, median} from './result.ts';
import {between, planOf, SPECIES, SPECIES_TABLE} from './simulation-plan.ts';

const TREES = 28_327;
const YEARS = 50;
const ROUNDS = Number(process.env['ECO_BENCH_ROUNDS'] ?? 5);
const MANY_TREES = 500_000;
const MANY_YEARS = 10;

function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const {user, system} = process.cpuUsage(before);
  return (user + system) / 1000;
}

const CALIBRATION = new Float64Array(4096).map((_, i) => 1 + i / 4096);
let calibrated = 0;
/** What a second of this machine is worth now: arithmetic of the same kind on arrays that fit its caches. */
function calibrate(): void {
  for (let round = 0; round < 1200; round += 1) {
    let sum = 0;
    for (let i = 0; i < CALIBRATION.length; i += 1) {
      sum += Math.exp(-CALIBRATION[i]!) * Math.sqrt(CALIBRATION[i]! + round) + Math.log(CALIBRATION[i]!);
    }
    calibrated += sum;
  }
}

/** The trees of a plan by themselves, every year alike. */
function treesAlone(plan: RunPlan): {forest: Forest; step: (year: number) => void} {
  const {trees} = plan;
  const list: ForestTree[] = Array.from(trees.id, (id, i) => ({
    id,
    xM: trees.xM[i]!,
    yM: trees.yM[i]!,
    species: trees.species[i]!,
    unit: 0,
    dbhCm: trees.dbhCm[i]!,
    heightM: trees.heightM[i]!,
    ageYr: trees.ageYr[i]!,
  }));
  const forest = new Forest(list, SPECIES_TABLE.map(treeParametersOf));
  const year = {
    potentialGPerM2: new Float64Array(SPECIES).map((_, s) => between('potential', s, 3000, 5000)),
    rootFraction: new Float64Array(SPECIES).fill(0.35),
    siteDeath: new Float64Array(SPECIES),
    leafOnShare: new Float64Array(SPECIES).map((_, s) => (SPECIES_TABLE[s]!.evergreen ? 0.8 : 1)),
    key: 1,
    year: 0,
  };
  return {
    forest,
    step: (at) => {
      year.year = at;
      forest.step(year);
    },
  };
}

/** Bytes of heap that a year of trees leaves behind, once the loop is compiled. */
function allocatedPerYear(): number {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  const {step} = treesAlone(planOf({trees: TREES, hectares: 750, years: YEARS, cohorts: 0}));
  for (let year = 0; year < 30; year += 1) step(year);
  gc();
  const before = process.memoryUsage().heapUsed;
  for (let year = 30; year < YEARS; year += 1) step(year);
  return (process.memoryUsage().heapUsed - before) / (YEARS - 30);
}

export const bench: Bench = async ({result, progress}) => {
  // before anything else has shaped what the compiler knows of these loops
  const allocated = allocatedPerYear();
  const silent = {year: () => {}, event: () => {}};
  const sparse = planOf({trees: TREES, hectares: 750, years: YEARS, cohorts: 0});
  const packed = planOf({trees: TREES, hectares: 42, years: YEARS, cohorts: 0});
  const withCohorts = planOf({trees: TREES, hectares: 750, years: YEARS, cohorts: 10});
  const cases: Record<string, () => void> = {
    'trees alone, 750 ha': () => {
      const {step} = treesAlone(sparse);
      for (let year = 0; year < YEARS; year += 1) step(year);
    },
    'all processes, 750 ha': () => runMember(sparse, 0, silent),
    'all processes, 42 ha': () => runMember(packed, 0, silent),
    'all processes and 300 cohorts, 750 ha': () => runMember(withCohorts, 0, silent),
  };
  const calibration: number[] = [];
  const times = new Map(Object.keys(cases).map((name) => [name, [] as number[]]));
  // the first round compiles; it is not counted
  for (let round = 0; round <= ROUNDS; round += 1) {
    progress(`simulation: round ${round} of ${ROUNDS}`);
    const unit = cpuMs(calibrate);
    if (round > 0) calibration.push(unit);
    for (const [name, run] of Object.entries(cases)) {
      const ms = cpuMs(run);
      if (round > 0) times.get(name)!.push(ms);
    }
  }
  const against = 'calibration loop';
  const unit = median(calibration);
  result({id: `simulation: ${against}`, value: unit / 1000, unit: 's CPU'});
  for (const [name, list] of times) {
    const ms = median(list);
    result({
      id: `simulation: ${name}, ${YEARS} years`,
      value: ms / 1000,
      unit: 's CPU',
      against,
      ratio: ms / unit,
    });
  }
  progress('simulation: memory');
  const memory = execFileSync(
    process.execPath,
    [join(import.meta.dirname, 'simulation-memory.ts'), TREES, 750, YEARS, 0].map(String),
    {encoding: 'utf8'},
  );
  result({
    id: 'simulation: peak memory of a process, all processes, 750 ha',
    value: Number(memory),
    unit: 'MB',
  });
  result({id: 'simulation: heap left by a year of trees alone', value: allocated / 1024, unit: 'kB'});
  progress(`simulation: ${MANY_TREES} trees`);
  const many = planOf({trees: MANY_TREES, hectares: 750, years: MANY_YEARS, cohorts: 0});
  const ms = cpuMs(() => runMember(many, 0, silent));
  result({
    id: `simulation: all processes, ${MANY_TREES} trees on 750 ha, ${MANY_YEARS} years`,
    value: ms / 1000,
    unit: 's CPU',
    against,
    ratio: ms / unit,
  });
  if (!Number.isFinite(calibrated)) throw new Error('the calibration loop did not run');
};
