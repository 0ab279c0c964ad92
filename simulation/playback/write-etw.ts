import {crc32} from './crc32.ts';
import {AT, HEADER_BYTES, MAGIC, type Playback, STATIC_BYTES} from './layout.ts';

const MOST = 65_535;
const STEP_M = {xy: 0.1, z: 0.01} as const;

/** Steps of `least` metres above the lowest value, or of as much as the range needs. */
function quantised(valuesM: Float64Array, leastStepM: number) {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of valuesM) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (valuesM.length === 0) return {offsetM: 0, stepM: leastStepM, steps: new Uint16Array(0)};
  const offsetM = Math.floor(low / leastStepM) * leastStepM;
  const stepM = Math.max(leastStepM, (high - offsetM) / MOST);
  const steps = Uint16Array.from(valuesM, (value) =>
    Math.min(MOST, Math.max(0, Math.round((value - offsetM) / stepM))),
  );
  return {offsetM, stepM, steps};
}

/**
 * A playback as an `.etw` file, version ETW1 (docs/playback-format.md).
 * @throws {RangeError} unless ids ascend and all columns have the length that trees and steps ask for.
 */
export function writeEtw(playback: Playback): Uint8Array<ArrayBuffer> {
  const {ids, xM, yM, zM, species, steps, channels, origin, text} = playback;
  const trees = ids.length;
  for (const [name, length, expected] of [
    ['xM', xM.length, trees],
    ['yM', yM.length, trees],
    ['zM', zM.length, trees],
    ['species', species.length, trees],
    ['channels', channels.length, text.channels.length],
    ...channels.map((channel, i) => [`channel ${i}`, channel.length, trees * steps] as const),
  ] as const) {
    if (length !== expected) throw new RangeError(`${name}: expected ${expected} entries, got ${length}`);
  }

  const json = new TextEncoder().encode(JSON.stringify(text));
  // Spaces behind it, so that what follows lies on whole words.
  const textBytes = Math.ceil(json.length / 4) * 4;
  const idBytes = trees * 4;
  const staticAt = HEADER_BYTES + textBytes;
  const idsAt = staticAt + trees * STATIC_BYTES;
  const playbackAt = idsAt + idBytes;
  const bytes = new Uint8Array(playbackAt + channels.length * trees * steps);
  const view = new DataView(bytes.buffer);

  bytes.set(new TextEncoder().encode(MAGIC));
  bytes.fill(0x20, HEADER_BYTES, staticAt);
  bytes.set(json, HEADER_BYTES);

  const x = quantised(xM, STEP_M.xy);
  const y = quantised(yM, STEP_M.xy);
  const z = quantised(zM, STEP_M.z);
  for (const [column, values] of [x.steps, y.steps, z.steps, species].entries()) {
    const at = staticAt + column * trees * 2;
    for (let i = 0; i < trees; i += 1) view.setUint16(at + i * 2, values[i]!, true);
  }

  let before = -1;
  for (let i = 0; i < trees; i += 1) {
    const id = ids[i]!;
    if (id <= before) throw new RangeError(`ids: expected ascending numbers, got ${id} after ${before}`);
    view.setUint32(idsAt + i * 4, i === 0 ? id : id - before, true);
    before = id;
  }

  let at = playbackAt;
  for (const channel of channels) {
    for (let i = 0; i < trees; i += 1) {
      let last = 0;
      for (let t = i * steps; t < (i + 1) * steps; t += 1) {
        bytes[at++] = channel[t]! - last;
        last = channel[t]!;
      }
    }
  }

  view.setUint32(AT.trees, trees, true);
  view.setUint32(AT.steps, steps, true);
  view.setUint32(AT.channels, channels.length, true);
  view.setInt32(AT.firstYear, playback.firstYear, true);
  view.setFloat32(AT.stepYears, playback.stepYears, true);
  view.setFloat64(AT.longitudeDeg, origin.longitudeDeg, true);
  view.setFloat64(AT.latitudeDeg, origin.latitudeDeg, true);
  view.setFloat64(AT.heightM, origin.heightM, true);
  view.setFloat64(AT.xOffsetM, x.offsetM, true);
  view.setFloat64(AT.xStepM, x.stepM, true);
  view.setFloat64(AT.yOffsetM, y.offsetM, true);
  view.setFloat64(AT.yStepM, y.stepM, true);
  view.setFloat64(AT.zOffsetM, z.offsetM, true);
  view.setFloat64(AT.zStepM, z.stepM, true);
  view.setUint32(AT.species, text.species.length, true);
  view.setUint32(AT.textBytes, textBytes, true);
  view.setUint32(AT.idBytes, idBytes, true);
  view.setUint32(AT.textCrc, crc32(bytes.subarray(HEADER_BYTES, staticAt)), true);
  view.setUint32(AT.staticCrc, crc32(bytes.subarray(staticAt, idsAt)), true);
  view.setUint32(AT.idCrc, crc32(bytes.subarray(idsAt, playbackAt)), true);
  view.setUint32(AT.playbackCrc, crc32(bytes.subarray(playbackAt)), true);
  view.setUint32(AT.headerCrc, crc32(bytes.subarray(0, AT.headerCrc)), true);
  return bytes;
}
