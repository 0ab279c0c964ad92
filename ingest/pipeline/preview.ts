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
};

/** What a map makes of one payload; nothing is stored and no device becomes known. */
export type MapPreview = {
  device: string | null;
  label: string | null;
  timeMs: number | null;
  readings: PreviewReading[];
  rejected: {path: string | null; code: string; message: string}[];
  /** Paths of the payload that the map neither reads nor leaves out on purpose. */
  unmapped: string[];
  battery: NonNullable<Mapped['battery']> | null;
  link: NonNullable<Mapped['link']> | null;
};

type Elements = (id: string) => ElementType | undefined;

function previewReading(reading: Reading, limits: ReturnType<Mapped['limits']['get']>, elements: Elements) {
  const {element: id, value, unit = null, depthM = null, heightM = null, instance = null} = reading;
  const preview: PreviewReading = {
    ...{element: id, value, unit, depthM, heightM, instance},
    ...{statistic: reading.stat ?? null, period: reading.period ?? null},
    ...{result: null, resultUnit: null, flag: null, failed: [], problem: null},
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

function previewOne(map: ReadingMap, topic: string, payload: unknown, elements: Elements): MapPreview {
  try {
    const mapped = applyMap(map, {topic, payload});
    return {
      device: mapped.device,
      label: mapped.label ?? null,
      timeMs: mapped.timeMs,
      readings: mapped.readings.map((reading) =>
        previewReading(reading, mapped.limits.get(reading), elements),
      ),
      rejected: mapped.rejected,
      unmapped: mapped.unmapped,
      battery: mapped.battery ?? null,
      link: mapped.link ?? null,
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return {
      ...{device: null, label: null, timeMs: null, readings: [], unmapped: [], battery: null, link: null},
      rejected: [{path: null, code: error.code, message: error.message}],
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
  return listEnvelopes(parseJson(decodeText(input.payload))).map((payload) =>
    previewOne(map, input.topic, payload, elements),
  );
}
