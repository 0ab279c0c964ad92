import {textOf} from '../index.ts';
import {en, type LabTextKey} from './en.ts';
import {zh} from './zh.ts';

export type {LabTextKey};

/** Words of the page `/lab`. */
export const l = textOf<LabTextKey>({en, zh});
