import {checkAlone, limitsInForce, normaliseReading} from '#model';
import {
  type ElementType,
  type Flag,
  failedTests,
  flagOf,
  InputError,
  type Reading,
  type ReadingMap,
} from '#schemas';
import {JsonSyntaxError, type LocatedJson, readLocatedJson} from '../catalogue/located-json.ts';
import {applyMap, type Mapped} from '../map/apply-map.ts';
import {decodeText, listEnvelopes, parseJson} from './decode.ts';

/** What a map makes of one value: as the payload states it, and as it would be stored; or why it would not be. */
export type PreviewReading = {
  element: string;
  value: number | null;
  unit: string | null;
  depthM: number | null;
  heightM: number | null;
  instance: string | null;
  statistic: string | null;
  period: string | null;
  result: number | null;
  resultUnit: string | null;
  /** By the ranges alone: no neighbour is known. */
  flag: Flag | null;
  failed: string[];
  problem: {code: string; message: string} | null;
  /** Where the payload has it, and on which of its lines, from 1. */
  path: string;
  line: number | null;
};

/** What a map makes of one payload; nothing is stored and no device becomes known. */
export type MapPreview = {
  device: string | null;
  label: string | null;
  timeMs: number | null;
  readings: PreviewReading[];
  rejected: {path: string | null; line: number | null; code: string; message: string}[];
  /** Paths of the payload that the map neither reads nor leaves out on purpose. */
  unmapped: string[];
  battery: NonNullable<Mapped['battery']> | null;
  link: NonNullable<Mapped['link']> | null;
};

type Elements = (id: string) => ElementType | undefined;

/** Line on which a path of one message stands; null: that cannot be told. */
type LineOf = (path: string | null) => number | null;

/** Lines of a payload: the message's place in the list that it came in, if it did. */
function linesOf(text: string): (place: number | null) => LineOf {
  let located: LocatedJson;
  try {
    located = readLocatedJson(text);
  } catch (error) {
    // One name twice: it can be read, but not every place in it has one line.
    if (!(error instanceof JsonSyntaxError)) throw error;
    return () => () => null;
  }
  return (place) => (path) =>
    located.lineOf([...(place === null ? [] : [place]), ...(path === null ? [] : path.split('.').map(step))]);
}

/** A place in a list is written as a number. */
const step = (name: string): string | number => (/^\d+$/.test(name) ? Number(name) : name);

function previewReading(
  reading: Reading,
  {limits, path, line}: {limits: ReturnType<Mapped['limits']['get']>; path: string; line: number | null},
  elements: Elements,
) {
  const {element: id, value, unit = null, depthM = null, heightM = null, instance = null} = reading;
  const preview: PreviewReading = {
    ...{element: id, value, unit, depthM, heightM, instance},
    ...{statistic: reading.stat ?? null, period: reading.period ?? null},
    ...{result: null, resultUnit: null, flag: null, failed: [], problem: null},
    ...{path, line},
  };
  try {
    const type = elements(id);
    if (type === undefined || type.retired) {
      throw new InputError('element_unknown', `expected an element of the catalogue, got ${id}`);
    }
    const normalised = normaliseReading(reading, {id, type});
    const qc = checkAlone(
      normalised.value,
      normalised.qc,
      limitsInForce(type, null, limits, null, normalised.statistic),
    );
    return {
      ...preview,
      ...{statistic: normalised.statistic, period: normalised.period},
      ...{result: normalised.value, resultUnit: type.unit, flag: flagOf(qc), failed: failedTests(qc)},
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return {...preview, problem: {code: error.code, message: error.message}};
  }
}

function previewOne(
  map: ReadingMap,
  {topic, payload, lineOf}: {topic: string; payload: unknown; lineOf: LineOf},
  elements: Elements,
): MapPreview {
  try {
    const mapped = applyMap(map, {topic, payload});
    return {
      device: mapped.device,
      label: mapped.label ?? null,
      timeMs: mapped.timeMs,
      readings: mapped.readings.map((reading) => {
        const path = mapped.paths.get(reading)!;
        return previewReading(
          reading,
          {limits: mapped.limits.get(reading), path, line: lineOf(path)},
          elements,
        );
      }),
      rejected: mapped.rejected.map((one) => ({...one, line: lineOf(one.path)})),
      unmapped: mapped.unmapped,
      battery: mapped.battery ?? null,
      link: mapped.link ?? null,
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return {
      ...{device: null, label: null, timeMs: null, readings: [], unmapped: [], battery: null, link: null},
      rejected: [{path: null, line: lineOf(null), code: error.code, message: error.message}],
    };
  }
}

/**
 * What a map would make of a payload as it came, one entry for each of the messages in it.
 * @throws {InputError} `payload_…` for what is no JSON, too large or empty.
 */
export function previewMap(
  map: ReadingMap,
  input: {topic: string; payload: Uint8Array},
  elements: Elements,
): MapPreview[] {
  const text = decodeText(input.payload);
  const json = parseJson(text);
  const lines = linesOf(text);
  return listEnvelopes(json).map((payload, place) => {
    const lineOf = lines(Array.isArray(json) ? place : null);
    return previewOne(map, {topic: input.topic, payload, lineOf}, elements);
  });
}
