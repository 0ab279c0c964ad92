import {createValidator, EcoError, TreeMap, type Validator} from '#schemas';

let isMap: Validator<TreeMap> | undefined;

/** A map for inventories from a JSON file. @throws {EcoError} `map_invalid` with what was expected. */
export function readTreeMap(bytes: Uint8Array, file: string): TreeMap {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new EcoError('map_invalid', `${file}: a map in JSON was expected (${(cause as Error).message})`);
  }
  isMap ??= createValidator<TreeMap>(TreeMap);
  if (!isMap(value)) throw new EcoError('map_invalid', `${file}: ${isMap.problem()}`);
  return value;
}
