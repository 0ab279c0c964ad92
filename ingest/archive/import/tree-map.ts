import {createValidator, EcoError, TreeMap, type Validator} from '#schemas';

const validMap: Validator<TreeMap> = createValidator(TreeMap);

/** A map for inventories from a JSON file. @throws {EcoError} `map_invalid` with what was expected. */
export function readTreeMap(bytes: Uint8Array, file: string): TreeMap {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new EcoError('map_invalid', `${file}: a map in JSON was expected (${(cause as Error).message})`);
  }
  if (!validMap(value)) throw new EcoError('map_invalid', `${file}: ${validMap.problem()}`);
  return value;
}
