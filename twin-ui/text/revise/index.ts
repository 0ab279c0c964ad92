import {textOf} from '../index.ts';
import {en, type ReviseTextKey} from './en.ts';
import {zh} from './zh.ts';

export type {ReviseTextKey};

/** Words of later verdicts on a chart, and of the story of a value. */
export const r = textOf<ReviseTextKey>({en, zh});
