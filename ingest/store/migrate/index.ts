export {type Checksum, checksumOf} from './checksum.ts';
export {copyRows} from './copy-rows.ts';
export {copySideTables, finishSideTables, hasStore, MIGRATION} from './side-tables.ts';
