export {type Archive, readArchive} from './archive.ts';
