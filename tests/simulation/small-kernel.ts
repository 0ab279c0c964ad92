/** The small forest as a module that a run's threads can load. */
export {smallMember as runMember} from './small-plan.ts';
