export {judge, type Miss, type ProofLine} from './judge.ts';
export {checkManifest, type Manifest, type ReferenceCase} from './manifest.ts';
export {PROCESSES} from './processes/index.ts';
export {type Proof, type ProofPlot, prove, proveOrder} from './prove.ts';
export {MANIFEST, type ReferenceFolder, readCaseTables, readReferenceFolders} from './read-reference.ts';
export {terminalLines} from './report/lines.ts';
export {type Report, reportOf} from './report/markdown.ts';
