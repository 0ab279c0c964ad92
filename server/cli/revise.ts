import {Type} from 'typebox';
import {revokedVersions} from '#model';
import {createValidator, EcoError, listOf, NewRevisionBody, RevisionBody, type RevokeBody} from '#schemas';
import {revisionBody} from '../bodies/revision.ts';
import {revise as reviseSeries, revoke} from '../things/revise.ts';
import {callApi} from './api-client.ts';
import {type Command, type Io, numberOption, type Parsed, parse, textOption, UsageError} from './command.ts';
import {onlineOrOffline} from './open-data.ts';

const RevisionList = listOf(RevisionBody);
const isNewRevision = createValidator<NewRevisionBody>(NewRevisionBody);
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
eco revise undo DATASTREAM NUMBER --reason TEXT [--who NAME]
eco revise list DATASTREAM [--json]

Later verdicts and corrections of a range (--to is exclusive). What was measured never changes: each is kept beside it with
reason, name and time, reads show the newest, and \`undo\` is a revision of its own.
--test names the test of a procedure that found it; without it a person judged, and no test changes that.
\`drift\` corrects an instrument that drifted linearly between two calibrations: --gap is what is to be added at the end (and
--first-gap at the start), or --end and --start say what it read of one or two standards and their true values.

example:
  npm run eco -- revise drift pond-1:water_ph:point --from 2026-09-01T09:00Z --to 2026-09-29T09:00Z --end 7.05=7,9.85=10.01 \\
    --reason 'buffers at the visit of 29 September' --who ranger`,
  run: async (argv, io) => {
    const parsed = parse(argv, io, {
      options: Object.fromEntries(
        ['from', 'to', 'flag', 'test', 'value', 'gap', 'first-gap', 'end', 'start', 'reason', 'who'].map(
          (name) => [name, {type: 'string' as const}],
        ),
      ),
      positionals: ['flag, drift, undo or list', 'DATASTREAM', 'NUMBER'],
      optionalPositionals: 1,
    });
    const [action, id] = parsed.positionals as [string, string];
    if (action === 'flag' || action === 'drift') return await make(action, id, parsed, io);
    if (action === 'undo') return await undo(id, parsed, io);
    if (action === 'list') return await list(id, parsed, io);
    throw new UsageError(`revise: flag, drift, undo or list was expected, got ${action}`);
  },
};
