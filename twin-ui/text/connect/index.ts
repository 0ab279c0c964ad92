import {textOf} from '../index.ts';
import {type ConnectTextKey, en} from './en.ts';
import {zh} from './zh.ts';

/** Words of the page `/data/connect`. */
export const c = textOf<ConnectTextKey>({en, zh});
