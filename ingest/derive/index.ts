export {type Derivations, startDerivations} from './start-derivations.ts';
