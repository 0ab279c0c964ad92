import {Type} from 'typebox';
import {revokedVersions} from '#model';
import {
  createValidator,
  DatastreamBody,
  EcoError,
  listOf,
  NeighbourCheckBody,
  NeighbourRunBody,
  NewRevisionBody,
  RevisionBody,
  type RevokeBody,
} from '#schemas';
import {revisionBody} from '../bodies/revision.ts';
import {runNeighbourCheck} from '../things/check-neighbours.ts';
import {revise as reviseSeries, revoke} from '../things/revise.ts';
import {callApi} from './api-client.ts';
import {type Command, type Io, numberOption, type Parsed, parse, textOption, UsageError} from './command.ts';
import {onlineOrOffline} from './open-data.ts';

const RevisionList = listOf(RevisionBody);
const isNewRevision = createValidator<NewRevisionBody>(NewRevisionBody);
const isNeighbourCheck = createValidator<NeighbourCheckBody>(NeighbourCheckBody);
const DatastreamList = listOf(DatastreamBody);
const isVersion = createValidator<number>(Type.Integer({minimum: 2, maximum: Number.MAX_SAFE_INTEGER}));
const FLAG_WORDS: Readonly<Record<string, 1 | 3 | 4>> = {pass: 1, suspect: 3, fail: 4};
const MOST = 1e15;

function required(parsed: Parsed, name: string, text: string): string {
  const value = textOption(parsed, name);
  if (value === undefined) throw new UsageError(`--${name} is missing: ${text}`);
  return value;
}

function byWhom(parsed: Parsed, io: Io): {reason: string; who: string} {
  const who = textOption(parsed, 'who') ?? io.env['USER'];
  if (who === undefined) throw new UsageError('--who is missing: the name of the person or procedure');
  return {reason: required(parsed, 'reason', 'why?'), who};
}

/** `7.05=7` (read = true), one or two with commas. */
function standards(text: string, name: string): {reading: number; reference: number}[] {
  return text.split(',').map((pair) => {
    const [reading, reference] = pair
      .split('=')
      .map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
    if (reading === undefined || reference === undefined || !Number.isFinite(reading + reference)) {
      throw new UsageError(`--${name}: READ=TRUE was expected, such as 7.05=7, got ${pair}`);
    }
    return {reading, reference};
  });
}

function bodyOf(action: string, parsed: Parsed, io: Io): NewRevisionBody {
  const base = {
    from: required(parsed, 'from', 'start of the range, ISO 8601 with a zone'),
    to: required(parsed, 'to', 'end of the range, exclusive'),
    ...byWhom(parsed, io),
  };
  const word = textOption(parsed, 'flag');
  const flag = word === undefined ? undefined : FLAG_WORDS[word];
  if (word !== undefined && flag === undefined) {
    throw new UsageError(`--flag: pass, suspect or fail was expected, got ${word}`);
  }
  const test = textOption(parsed, 'test') as NewRevisionBody['test'];
  const judged = {...base, ...(flag === undefined ? {} : {flag}), ...(test === undefined ? {} : {test})};
  let body: NewRevisionBody;
  if (action === 'flag') {
    if (flag === undefined) throw new UsageError('--flag is missing: pass, suspect or fail');
    const value = numberOption(parsed, 'value', {least: -MOST, most: MOST});
    body = value === undefined ? judged : {...judged, value};
  } else {
    const gap = numberOption(parsed, 'gap', {least: -MOST, most: MOST});
    const end = textOption(parsed, 'end');
    const start = textOption(parsed, 'start');
    if ((gap === undefined) === (end === undefined)) {
      throw new UsageError('one of --gap and --end was expected: what the calibration at the end found');
    }
    body =
      gap !== undefined
        ? {
            ...judged,
            correction: {offset: [numberOption(parsed, 'first-gap', {least: -MOST, most: MOST}) ?? 0, gap]},
          }
        : {
            ...judged,
            drift: {
              end: standards(end!, 'end'),
              ...(start === undefined ? {} : {start: standards(start, 'start')}),
            },
          };
  }
  if (!isNewRevision(body)) throw new UsageError(isNewRevision.problem());
  return body;
}

function line({
  version,
  from,
  to,
  flag,
  value,
  correction,
  revokes,
  revoked,
  reason,
  who,
  at,
}: RevisionBody): string {
  const said = [
    flag === null ? '' : `flag ${flag}`,
    value === null ? '' : `value ${value}`,
    correction === undefined
      ? ''
      : `offset ${correction.offset.join(' to ')}, gain ${correction.gain.join(' to ')}`,
    revokes === undefined ? '' : `takes ${revokes} back`,
  ].filter((part) => part !== '');
  return `${version}  ${from} to ${to}  ${said.join(', ')}${revoked ? '  (taken back)' : ''}  ${who}, ${at}: ${reason}`;
}

async function make(action: string, id: string, parsed: Parsed, io: Io): Promise<number> {
  const body = bodyOf(action, parsed, io);
  const made = await onlineOrOffline<RevisionBody>(parsed.settings, {
    online: (url) =>
      callApi(url, 'POST', `/datastreams/${encodeURIComponent(id)}/revisions`, RevisionBody, body),
    offline: async (core) => revisionBody(await reviseSeries(core, id, body), new Set()),
  });
  io.out(parsed.json ? JSON.stringify(made) : line(made));
  return 0;
}

/** Options of the neighbour test that are numbers, by their field. */
const NEIGHBOUR_OPTIONS = {
  windowH: 'window-h',
  leastPairs: 'least-pairs',
  neighbours: 'neighbours',
  leastNeighbours: 'least',
  sds: 'sds',
} as const;

function neighbourBody(parsed: Parsed, io: Io): NeighbourCheckBody {
  const body: Record<string, unknown> = {
    from: required(parsed, 'from', 'start of the range, ISO 8601 with a zone'),
    to: required(parsed, 'to', 'end of the range, exclusive'),
    who: textOption(parsed, 'who') ?? io.env['USER'] ?? 'eco revise neighbour',
    dryRun: parsed.values['dry-run'] === true,
  };
  for (const [field, option] of Object.entries(NEIGHBOUR_OPTIONS)) {
    const value = numberOption(parsed, option, {least: 0, most: MOST});
    if (value !== undefined) body[field] = value;
  }
  if (!isNeighbourCheck(body)) throw new UsageError(isNeighbourCheck.problem());
  return body;
}

/** All series of an element, in order of their ids. */
async function datastreamsOf(url: string, element: string): Promise<string[]> {
  const ids: string[] = [];
  let path: string | undefined = `/datastreams?element=${encodeURIComponent(element)}`;
  while (path !== undefined) {
    const page: {items: DatastreamBody[]; next?: string} = await callApi(url, 'GET', path, DatastreamList);
    ids.push(...page.items.map(({id}) => id));
    path = page.next?.replace(/^\/api\/v1/, '');
  }
  return ids;
}

/** What one run found, as lines for a person. */
function* runLines(run: NeighbourRunBody): Generator<string> {
  const {flagged, already, left, version} = run;
  const done = run.dryRun
    ? 'nothing written (dry run)'
    : version === null
      ? 'nothing to write'
      : `${flagged} flagged; eco revise undo ${run.datastream} ${version} takes it back`;
  const kept = [
    already > 0 ? `${already} were flagged before` : '',
    left > 0 ? `${left} left: a person judged them` : '',
  ].filter((text) => text !== '');
  yield `${run.datastream}: ${run.evaluated} of ${run.rows} compared with ${run.neighbours.length} neighbours, ` +
    `${run.suspect} suspect; ${[done, ...kept].join('; ')}`;
  for (const {first, last, rows, value, expected, sds} of run.spans) {
    const when = rows === 1 ? first : `${first} to ${last} (${rows} values)`;
    yield `  ${when}: ${value}, expected ${expected.toPrecision(4)} (${sds.toFixed(1)} sd)`;
  }
  if (run.moreSpans > 0) yield `  and ${run.moreSpans} more`;
}

/** Refusals that are no fault of a run over an element: some of its series have nobody to be compared with. */
const SKIPPED = ['neighbours_none', 'test_unfit'];

async function neighbour(id: string | undefined, parsed: Parsed, io: Io): Promise<number> {
  const element = textOption(parsed, 'element');
  if ((id === undefined) === (element === undefined)) {
    throw new UsageError('neighbour: one of DATASTREAM and --element was expected');
  }
  const body = neighbourBody(parsed, io);
  const runs: NeighbourRunBody[] = [];
  const checkAll = async (ids: readonly string[], check: (one: string) => Promise<NeighbourRunBody>) => {
    for (const one of ids) {
      try {
        const run = await check(one);
        runs.push(run);
        if (!parsed.json) for (const text of runLines(run)) io.out(text);
      } catch (error) {
        if (id !== undefined || !(error instanceof EcoError) || !SKIPPED.includes(error.code)) throw error;
        io.err(`eco: left out: ${error.message}`);
      }
    }
    if (ids.length === 0) throw new EcoError('element_unknown', `no series of ${element}`, 404);
  };
  await onlineOrOffline<void>(parsed.settings, {
    online: async (url) =>
      checkAll(id === undefined ? await datastreamsOf(url, element!) : [id], (one) =>
        callApi(
          url,
          'POST',
          `/datastreams/${encodeURIComponent(one)}/neighbour-check`,
          NeighbourRunBody,
          body,
        ),
      ),
    offline: async (core) => {
      const all = core.registry.datastreams(element === undefined ? {} : {element}).map((one) => one.id);
      const needs = {...core, observations: core.store};
      await checkAll(id === undefined ? all.toSorted() : [id], (one) => runNeighbourCheck(needs, one, body));
    },
  });
  if (parsed.json) io.out(JSON.stringify(runs));
  return 0;
}

async function undo(id: string, parsed: Parsed, io: Io): Promise<number> {
  const said = parsed.positionals[2];
  const version = Number(said);
  if (said === undefined || !isVersion(version)) {
    throw new UsageError(
      `undo: the number of a revision was expected, got ${said ?? 'none'}; see eco revise list`,
    );
  }
  const body: RevokeBody = byWhom(parsed, io);
  const made = await onlineOrOffline<RevisionBody>(parsed.settings, {
    online: (url) =>
      callApi(
        url,
        'POST',
        `/datastreams/${encodeURIComponent(id)}/revisions/${version}/revoke`,
        RevisionBody,
        body,
      ),
    offline: async (core) => revisionBody(await revoke(core, id, version, body), new Set()),
  });
  io.out(parsed.json ? JSON.stringify(made) : line(made));
  return 0;
}

async function list(id: string, parsed: Parsed, io: Io): Promise<number> {
  const found = await onlineOrOffline<RevisionBody[]>(parsed.settings, {
    online: async (url) => {
      const items: RevisionBody[] = [];
      let path: string | undefined = `/datastreams/${encodeURIComponent(id)}/revisions`;
      while (path !== undefined) {
        const page: {items: RevisionBody[]; next?: string} = await callApi(url, 'GET', path, RevisionList);
        items.push(...page.items);
        path = page.next?.replace(/^\/api\/v1/, '');
      }
      return items;
    },
    offline: async ({registry, store}) => {
      const stream = registry.datastream(id);
      if (!stream) throw new EcoError('datastream_unknown', `no datastream ${id}`, 404);
      const range = {series: stream.series, fromMs: -8.64e15, toMs: 8.64e15};
      const all = await store.revisions({...range, leastVersion: 2});
      const revoked = revokedVersions(all);
      return all.map((revision) => revisionBody(revision, revoked));
    },
  });
  if (parsed.json) io.out(JSON.stringify(found));
  else for (const revision of found) io.out(line(revision));
  return 0;
}

export const revise: Command = {
  help: `eco revise flag DATASTREAM --from TIME --to TIME --flag pass|suspect|fail --reason TEXT [--value N] [--who NAME]
                [--test neighbour|crossCheck|drift]
eco revise drift DATASTREAM --from TIME --to TIME (--gap N [--first-gap N] | --end READ=TRUE[,READ=TRUE] [--start …])
                 --reason TEXT [--flag …] [--who NAME]
eco revise neighbour DATASTREAM|--element ELEMENT --from TIME --to TIME [--dry-run] [--sds N] [--window-h N]
                     [--neighbours N] [--least N] [--least-pairs N] [--who NAME]
eco revise undo DATASTREAM NUMBER --reason TEXT [--who NAME]
eco revise list DATASTREAM [--json]

Later verdicts and corrections of a range (--to is exclusive). What was measured never changes: each is kept beside it with
reason, name and time, reads show the newest, and \`undo\` is a revision of its own.
--test names the test of a procedure that found it; without it a person judged, and no test changes that.
\`drift\` corrects an instrument that drifted linearly between two calibrations: --gap is what is to be added at the end (and
--first-gap at the start), or --end and --start say what it read of one or two standards and their true values.
\`neighbour\` compares each value with the nearest series of the same element, statistic and kind of depth or height, by robust
lines learnt from the week before it; what contradicts more than half of them becomes suspect. --dry-run only tells. What a
person judged is left alone.

example:
  npm run eco -- revise drift pond-1:water_ph:point --from 2026-09-01T09:00Z --to 2026-09-29T09:00Z --end 7.05=7,9.85=10.01 \\
    --reason 'buffers at the visit of 29 September' --who ranger`,
  run: async (argv, io) => {
    const parsed = parse(argv, io, {
      options: Object.fromEntries(
        [
          ...['from', 'to', 'flag', 'test', 'value', 'gap', 'first-gap', 'end', 'start', 'reason', 'who'],
          ...['element', 'dry-run', ...Object.values(NEIGHBOUR_OPTIONS)],
        ].map((name) => [name, {type: name === 'dry-run' ? ('boolean' as const) : ('string' as const)}]),
      ),
      positionals: ['flag, drift, neighbour, undo or list', 'DATASTREAM', 'NUMBER'],
      optionalPositionals: 2,
    });
    const [action, id] = parsed.positionals as [string, string | undefined];
    if (action === 'neighbour') return await neighbour(id, parsed, io);
    if (id === undefined) throw new UsageError('DATASTREAM is missing');
    if (action === 'flag' || action === 'drift') return await make(action, id, parsed, io);
    if (action === 'undo') return await undo(id, parsed, io);
    if (action === 'list') return await list(id, parsed, io);
    throw new UsageError(`revise: flag, drift, neighbour, undo or list was expected, got ${action}`);
  },
};
