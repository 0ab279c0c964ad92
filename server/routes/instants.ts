import {parseInstantMs} from '#model';
import {EcoError, InputError} from '#schemas';

/**
 * A query's instant, ms since 1970.
 * @throws {EcoError} `time_invalid` unless it is ISO 8601 with a date, a time and a zone.
 */
export function queryInstant(name: string, text: string): number {
  try {
    // In a query a plus sign that is not written as %2B arrives as a space.
    return parseInstantMs(text.replace(/ (\d{2}:?\d{2})$/, '+$1'));
  } catch (error) {
    if (error instanceof InputError) throw new EcoError('time_invalid', `${name}: ${error.message}`);
    throw error;
  }
}
