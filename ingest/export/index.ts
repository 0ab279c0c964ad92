export {type ExportColumn, longColumns, wideColumns} from './columns.ts';
export {createExporter, type Exporter} from './exporter.ts';
export {joinParquet} from './parquet.ts';
export type {
  ExportCursor,
  ExportFormat,
  ExportLayout,
  ExportPiece,
  ExportPlan,
  ExportStream,
} from './plan.ts';
export {cursorText, EXTRA_LINES, type ResumePoint, readCursor, resumePoint} from './resume.ts';
