export {createPipeline} from './pipeline.ts';
export {type MapPreview, previewMap} from './preview.ts';
export type {
  FrameReplay,
  LetterReplay,
  Pipeline,
  PipelineCounts,
  Uplink,
  UplinkOutcome,
} from './types.ts';
