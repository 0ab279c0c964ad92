import type {FieldProblem} from '#schemas';

/** Why an operation of a scenario cannot be carried out. */
export type ImpossibleCode =
  | 'zone_unknown'
  | 'species_unknown'
  | 'trees_unknown'
  | 'outside_site'
  | 'in_water'
  | 'outside_years'
  | 'no_room';

/** An operation that cannot be carried out, and is left out whole. */
export type ImpossibleOperation = FieldProblem & {
  /** Place in the scenario's list. */
  operation: number;
  code: ImpossibleCode;
  date: string;
};
