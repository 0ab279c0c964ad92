export {createReviser, type Finding, type FindingMade, type Reviser, type Ruling} from './reviser.ts';
