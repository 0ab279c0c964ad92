import {existsSync, writeFileSync} from 'node:fs';
import type {RunMember} from '#simulation';
import {smallMember} from './small-plan.ts';

/** The small forest, whose thread ends in the middle of a member: once (`MARK` names a file), or always. */
export const runMember: RunMember = (plan, member, sink) => {
  const mark = process.env['MARK']!;
  if (member === 1 && (mark === 'always' || !existsSync(mark))) {
    if (mark !== 'always') writeFileSync(mark, '');
    process.exit(3);
  }
  smallMember(plan, member, sink);
};
