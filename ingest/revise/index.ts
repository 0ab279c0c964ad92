export {createReviser, type Reviser, type Ruling} from './reviser.ts';
