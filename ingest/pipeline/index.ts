export {createPipeline} from './pipeline.ts';
export type {
  LetterReplay,
  Pipeline,
  PipelineCounts,
  Uplink,
  UplinkOutcome,
} from './types.ts';
