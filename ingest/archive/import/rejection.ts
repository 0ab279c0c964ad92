/** Why a row was not taken. */
export const REJECTIONS = [
  'row_unreadable',
  'species_unknown',
  'stem_missing',
  'stem_invalid',
  'height_invalid',
  'height_implausible',
  'age_invalid',
  'date_invalid',
  'position_missing',
  'position_invalid',
  'out_of_bounds',
  'duplicate_tag',
  'duplicate_place',
  'not_alive',
] as const;
export type Rejection = (typeof REJECTIONS)[number];

/** A row that cannot be taken: thrown where it shows, caught and counted in one place. */
export class RowRejected extends Error {
  readonly reason: Rejection;
  constructor(reason: Rejection, message: string) {
    super(message);
    this.reason = reason;
  }
}
