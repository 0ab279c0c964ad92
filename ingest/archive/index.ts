export {type Archive, readArchive} from './archive.ts';
export {type ArchiveBook, createArchiveBook} from './archive-book.ts';
export {treesAt} from './fold-imports.ts';
export {
  type ImportReport,
  type PlannedImport,
  planImport,
  rejectedCsv,
} from './import/import-trees.ts';
export {TREE_MAP_PRESETS} from './import/presets.ts';
export {LARGEST_INVENTORY_BYTES} from './import/read-sheet.ts';
export {REJECTIONS, type Rejection} from './import/rejection.ts';
export {readTreeMap} from './import/tree-map.ts';
