import type {ExplanationBody} from '#schemas';
import {durationText, numberText, timeText, unitText, valueText} from '../text/format.ts';
import {r} from '../text/revise/index.ts';
import {flagText, revisionText, testText} from './revision-words.ts';

type Verdict = ExplanationBody['stored'];
type Test = ExplanationBody['tests'][number];

export type Story = {
  /** From measuring to the first verdict, a sentence each. */
  arrival: string[];
  tests: {test: string; flag: number; named: boolean; text: string}[];
  later: {text: string; state: 'inForce' | 'over' | 'undone'}[];
  shown: string;
  notKept: string;
};

function verdictText({flag, failed}: Pick<Verdict, 'flag' | 'failed'>): string {
  const tests = failed.map(testText).join(', ');
  return `${flagText(flag)}${tests === '' ? '' : ` (${tests})`}`;
}

/** The numbers that decide a test, in a sentence; empty where the test has none to tell. */
function numbersText({test, numbers}: Test, unit: string): string {
  const number = (name: string): string | null => {
    const value = numbers[name];
    return typeof value === 'number' ? numberText(value) : null;
  };
  const withUnit = (text: string | null) => `${text ?? '—'} ${unitText(unit)}`.trim();
  if (test === 'grossRange' || test === 'suspectRange') {
    const [least, most] = [number('least'), number('most')];
    if (least === null || most === null) return '';
    return r('said.range', {value: withUnit(number('value')), least, most: withUnit(most)});
  }
  if (test === 'spike') {
    const [suspect, fail] = [number('suspectAbove'), number('failAbove')];
    if (suspect === null || fail === null || number('distance') === null) return '';
    return r('said.spike', {distance: withUnit(number('distance')), suspect, fail});
  }
  if (test === 'rateOfChange') {
    const perHour = (name: string) => {
      const perS = numbers[name];
      return typeof perS === 'number' ? numberText(perS * 3600) : null;
    };
    const [rate, most] = [perHour('perS'), perHour('mostPerS')];
    return rate === null || most === null ? '' : r('said.rate', {rate: withUnit(rate), most: withUnit(most)});
  }
  if (test === 'flatLine') {
    const level = number('failSpread') === null ? 'suspect' : 'fail';
    const spread = number(`${level}Spread`);
    const tolerance = number('tolerance');
    if (spread === null || tolerance === null) return '';
    const rows = numberText(Number(numbers[`${level}Rows`]) + 1, 0);
    return r('said.flat', {rows, spread: withUnit(spread), tolerance});
  }
  return '';
}

/** The whole story of one value in plain words of the reader's language, times in the site's zone. */
export function storyOf(story: ExplanationBody, timeZone: string): Story {
  const {stored, shown, device, deployment, calibrated, unit} = story;
  const time = (text: string) => timeText(Date.parse(text), timeZone, 'full');
  const value = (of: Verdict | ExplanationBody['shown']) => valueText(of.result, unit, of.censored);
  const arrived = {
    time: time(story.time),
    received: time(stored.received),
    after: durationText(Date.parse(stored.received) - Date.parse(story.time)),
  };
  const arrival = [
    stored.timeSource === 'arrival'
      ? r('story.arrived.arrival', arrived)
      : r(stored.timeSource === 'network' ? 'story.arrived.network' : 'story.arrived.device', arrived),
  ];
  if (stored.late) arrival.push(r('story.late'));
  if (device && deployment) {
    arrival.push(
      r('story.device', {
        device: device.id,
        model: device.model,
        since: timeText(Date.parse(deployment.from), timeZone, 'day'),
      }),
    );
  }
  if (story.derivedFrom.length > 0) {
    arrival.push(r('story.derived', {sources: story.derivedFrom.join(', ')}));
  }
  for (const side of ['before', 'after'] as const) {
    const found = calibrated[side];
    if (found)
      arrival.push(r(`story.calibrated.${side}`, {at: time(found.at), note: found.note, who: found.who}));
  }
  if (stored.deviceStatus !== null) arrival.push(r('story.status', {letter: stored.deviceStatus}));
  arrival.push(r('story.first', {value: value(stored), flag: verdictText(stored)}));
  for (const {kept, offered} of story.conflicts) {
    arrival.push(r('story.conflict', {offered: valueText(offered, unit), kept: valueText(kept, unit)}));
  }
  return {
    arrival,
    tests: story.tests
      .filter(({flag, named}) => named || flag === 1 || flag === 3 || flag === 4)
      .map((test) => ({
        test: test.test,
        flag: test.flag,
        named: test.named,
        text: numbersText(test, unit),
      })),
    later: story.revisions
      .filter(({revokes}) => revokes === undefined)
      .map((revision) => {
        const what = revisionText(revision, unit);
        const {who, reason, revoked, inForce} = revision;
        const at = time(revision.at);
        return {
          text:
            revision.version === 1
              ? r('story.recheck', {at, what})
              : r('story.revision', {at, who, what, reason}),
          state: revoked ? 'undone' : inForce.length > 0 ? 'inForce' : 'over',
        };
      }),
    shown: r(shown.corrected ? 'story.shown.corrected' : 'story.shown', {
      value: value(shown),
      flag: verdictText(shown),
    }),
    notKept: r('story.unknown'),
  };
}
