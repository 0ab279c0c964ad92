export {type FrameLog, type FrameStats, openFrameLog, type RawFrame} from './frame-log.ts';
