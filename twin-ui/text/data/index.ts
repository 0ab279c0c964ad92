import {textOf} from '../index.ts';
import {type DataTextKey, en} from './en.ts';
import {zh} from './zh.ts';

export type {DataTextKey};

/** Words of the page `/data`. */
export const d = textOf<DataTextKey>({en, zh});
