export {type Archive, readArchive} from './archive.ts';
export {type ArchiveBook, createArchiveBook} from './archive-book.ts';
export {treesAt} from './fold-imports.ts';
