export {writeEtw} from './playback/write-etw.ts';
