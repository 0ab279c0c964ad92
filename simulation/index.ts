export {byteOf, CHANNELS, type Channel, type ChannelId, channelValue} from './playback/channels.ts';
export type {Playback, PlaybackSpecies, PlaybackText} from './playback/layout.ts';
export {PlaybackError, readEtw} from './playback/read-etw.ts';
export {writeEtw} from './playback/write-etw.ts';
