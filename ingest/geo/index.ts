export {KNOWN_SYSTEMS, type ReferenceSystem, referenceSystem} from './reference-system.ts';
