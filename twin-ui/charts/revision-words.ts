import type {RevisionBody} from '#schemas';
import {numberText, unitText, valueText} from '../text/format.ts';
import {type TextKey, t} from '../text/index.ts';
import {type ReviseTextKey, r} from '../text/revise/index.ts';

export const flagText = (flag: number): string => t(`flag.${flag}` as TextKey);
/** What a test found: "contradicts neighbours". */
export const testText = (test: string): string => t(`test.${test}` as TextKey);
/** What a test looks at: "Neighbours". */
export const checkText = (test: string): string => r(`check.${test}` as ReviseTextKey);

type Said = Pick<RevisionBody, 'flag' | 'failed' | 'value' | 'censored' | 'correction' | 'revokes'>;

/** What a revision says, in a few words. */
export function revisionText(said: Said, unit: string): string {
  const {flag, failed, value, censored, correction, revokes} = said;
  const parts: string[] = [];
  const tests = failed.filter((test) => test !== 'manual');
  if (flag !== null) {
    parts.push(
      tests.length > 0
        ? r('list.test', {flag: flagText(flag), test: tests.map(checkText).join(', ')})
        : r('list.flag', {flag: flagText(flag)}),
    );
  }
  if (value !== null) parts.push(r('list.value', {value: valueText(value, unit, censored)}));
  if (correction !== undefined) {
    const [first, last] = correction.offset.map((offset, i) => {
      const gain = correction.gain[i]!;
      return `${gain === 1 ? '' : `×${numberText(gain)} `}${offset < 0 ? '' : '+'}${numberText(offset)}`;
    });
    parts.push(r('list.correction', {first: first!, last: last!, unit: unitText(unit)}));
  }
  if (revokes !== undefined) parts.push(r('list.revokes'));
  return parts.join('; ');
}

/** One act: the revisions that were made together and are taken back together. */
export type Act = {
  version: number;
  first: RevisionBody;
  parts: number;
  from: string;
  to: string;
};

/** Acts of some revisions, newest first, without those that only take others back; of these the one that does so now. */
export function actsOf(revisions: readonly RevisionBody[]): (Act & {undoneBy: RevisionBody | undefined})[] {
  const acts = new Map<number, Act>();
  for (const revision of revisions) {
    const {version, from, to} = revision;
    const act = acts.get(version);
    if (act === undefined) acts.set(version, {version, first: revision, parts: 1, from, to});
    else {
      act.parts += 1;
      if (from < act.from) act.from = from;
      if (to > act.to) act.to = to;
    }
  }
  const undoing = revisions.filter(({revokes, revoked}) => revokes !== undefined && !revoked);
  return [...acts.values()]
    .filter(({first}) => first.revokes === undefined)
    .sort((a, b) => b.version - a.version)
    .map((act) => ({...act, undoneBy: undoing.find(({revokes}) => revokes === act.version)}));
}
