import {ExplanationBody} from '#schemas';
import {queryInstant} from '../routes/instants.ts';
import {explainObservation} from '../things/explain-observation.ts';
import {callApi} from './api-client.ts';
import {type Command, parse, UsageError} from './command.ts';
import {onlineOrOffline} from './open-data.ts';

const FLAG_NAMES: Readonly<Record<number, string>> = {
  1: 'pass',
  2: 'not evaluated',
  3: 'suspect',
  4: 'fail',
  9: 'missing',
};
const flagName = (flag: number) => `${flag} ${FLAG_NAMES[flag]}`;

type Verdict = {result: number | null; flag: number; failed: readonly string[]; censored?: '<' | '>'};

function told(of: Verdict, unit: string): string {
  const value = of.result === null ? 'no value' : `${of.censored ?? ''}${of.result} ${unit}`;
  return `${value}, flag ${flagName(of.flag)}${of.failed.length > 0 ? ` (${of.failed.join(', ')})` : ''}`;
}

/** The story as lines for a person. */
export function* storyLines(story: ExplanationBody): Generator<string> {
  const {stored, shown, device, deployment, calibrated, unit} = story;
  yield `${story.datastream} at ${story.time}  (${story.origin}, ${story.provenance})`;
  yield `stored    ${told(stored, unit)}; received ${stored.received}, time from the ${stored.timeSource}` +
    `${stored.late ? ', late' : ''}${stored.deviceStatus === null ? '' : `, the device's mark ${stored.deviceStatus}`}`;
  yield `shown     ${told(shown, unit)}${shown.corrected ? ', corrected' : ''}`;
  if (device && deployment) {
    yield `device    ${device.id}, model ${device.model}${device.serial === null ? '' : `, serial ${device.serial}`}; ` +
      `at ${deployment.longitudeDeg}, ${deployment.latitudeDeg} since ${deployment.from}` +
      `${deployment.to === null ? '' : ` until ${deployment.to}`}` +
      `${deployment.sensor === null ? '' : `; ${deployment.sensor}`}`;
    for (const [word, found] of Object.entries(calibrated)) {
      if (found) yield `          calibrated ${word}: ${found.at}, ${found.note} (${found.who})`;
    }
  }
  if (story.derivedFrom.length > 0) yield `derived   from ${story.derivedFrom.join(', ')}`;
  for (const {test, flag, named, numbers} of story.tests) {
    if (flag === 2 && !named) continue;
    const said = Object.entries(numbers).map(([name, value]) => `${name} ${value ?? '-'}`);
    yield `test      ${test}: ${flagName(flag)}${said.length > 0 ? `; ${said.join(', ')}` : ''}${named ? '  <- in the verdict' : ''}`;
  }
  for (const revision of story.revisions) {
    const {version, flag, value, correction, revokes, revoked, reason, who, at, inForce} = revision;
    const parts = [
      flag === null ? '' : `flag ${flagName(flag)}`,
      value === null ? '' : `value ${value}`,
      correction === undefined
        ? ''
        : `offset ${correction.offset.join(' to ')}, gain ${correction.gain.join(' to ')} from ${correction.from} to ${correction.to}`,
      revokes === undefined ? '' : `takes ${revokes} back`,
      revoked ? 'taken back' : '',
      inForce.length > 0 ? `in force for the ${inForce.join(' and ')}` : '',
    ];
    yield `revision  ${version} by ${who}, ${at}: ${parts.filter((part) => part !== '').join('; ')} (${reason})`;
  }
  for (const {kept, offered, seen} of story.conflicts) {
    yield `conflict  ${offered ?? 'no value'} came too, ${seen}; ${kept ?? 'no value'} stays`;
  }
  for (const what of story.unknown) yield `not kept  ${what}`;
}

export const explain: Command = {
  help: `eco explain DATASTREAM TIME [--json]

The whole story of one observation: value as stored, when it came and from which device where, limits in force, each test with
its numbers, every revision with who, when and why, conflicts, and what of it is not kept.

example:
  npm run eco -- explain d06-01:soil_moisture:d0.3:point 2026-11-22T08:00:00Z`,
  run: async (argv, io) => {
    const parsed = parse(argv, io, {positionals: ['DATASTREAM', 'TIME']});
    const [datastream, time] = parsed.positionals as [string, string];
    if (!time.includes('T')) throw new UsageError(`explain: TIME as ISO 8601 was expected, got ${time}`);
    const story = await onlineOrOffline<ExplanationBody>(parsed.settings, {
      online: (url) =>
        callApi(
          url,
          'GET',
          `/observations/${encodeURIComponent(datastream)}/${encodeURIComponent(time)}/explain`,
          ExplanationBody,
        ),
      offline: ({registry, store}) =>
        explainObservation({registry, observations: store}, datastream, queryInstant('time', time)),
    });
    if (parsed.json) io.out(JSON.stringify(story));
    else for (const line of storyLines(story)) io.out(line);
    return 0;
  },
};
