export type {Columns, RejectedRow, Rejections} from './mapped-rows.ts';
export {createMqttPublisher, type DeviceLogin, type MqttPublisher} from './mqtt-publisher.ts';
export {planReplay, type ReplayPlan} from './plan-replay.ts';
export {type Publish, type ReplayProgress, type ReplayReport, replayFile} from './replay-file.ts';
export {fileTopic} from './rows.ts';
