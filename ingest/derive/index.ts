export {sourcesOf} from './sources-of.ts';
export {type Derivations, startDerivations} from './start-derivations.ts';
