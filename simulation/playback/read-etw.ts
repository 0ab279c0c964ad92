import {crc32} from './crc32.ts';
import {AT, HEADER_BYTES, MAGIC, type Playback, type PlaybackText, STATIC_BYTES} from './layout.ts';

/** A file that is no playback, or a damaged one. */
export class PlaybackError extends Error {
  override readonly name = 'PlaybackError';
}

function require(is: boolean, message: string): void {
  if (!is) throw new PlaybackError(message);
}

/**
 * Reads what `writeEtw` writes.
 * @throws {PlaybackError} with what was expected, for any other bytes.
 */
export function readEtw(bytes: Uint8Array): Playback {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  require(bytes.length >= HEADER_BYTES, `expected a header of ${HEADER_BYTES} bytes, got ${bytes.length}`);
  const magic = String.fromCharCode(...bytes.subarray(0, 4));
  require(magic === MAGIC, `expected ${MAGIC} at the start, got ${JSON.stringify(magic)}`);
  const u32 = (at: number) => view.getUint32(at, true);
  require(crc32(bytes.subarray(0, AT.headerCrc)) === u32(AT.headerCrc), 'the header is damaged');
  const trees = u32(AT.trees);
  const steps = u32(AT.steps);
  const count = u32(AT.channels);
  const staticAt = HEADER_BYTES + u32(AT.textBytes);
  const idsAt = staticAt + trees * STATIC_BYTES;
  const playbackAt = idsAt + u32(AT.idBytes);
  const end = playbackAt + count * trees * steps;
  require(bytes.length === end, `expected ${end} bytes, got ${bytes.length}`);
  for (const [name, from, to, at] of [
    ['text', HEADER_BYTES, staticAt, AT.textCrc],
    ['static block', staticAt, idsAt, AT.staticCrc],
    ['ids', idsAt, playbackAt, AT.idCrc],
    ['playback', playbackAt, end, AT.playbackCrc],
  ] as const) {
    require(crc32(bytes.subarray(from, to)) === u32(at), `the ${name} is damaged`);
  }

  const text = JSON.parse(new TextDecoder().decode(bytes.subarray(HEADER_BYTES, staticAt))) as PlaybackText;
  const metres = (column: number, offsetAt: number, stepAt: number) => {
    const offset = view.getFloat64(offsetAt, true);
    const step = view.getFloat64(stepAt, true);
    const from = staticAt + column * trees * 2;
    return Float64Array.from({length: trees}, (_, i) => offset + step * view.getUint16(from + i * 2, true));
  };
  const ids = new Uint32Array(trees);
  for (let i = 0; i < trees; i += 1) ids[i] = (i === 0 ? 0 : ids[i - 1]!) + u32(idsAt + i * 4);
  const channels = Array.from({length: count}, (_, channel) => {
    const values = new Uint8Array(trees * steps);
    const from = playbackAt + channel * trees * steps;
    for (let i = 0; i < trees; i += 1) {
      let last = 0;
      for (let t = i * steps; t < (i + 1) * steps; t += 1) {
        last = (last + bytes[from + t]!) & 0xff;
        values[t] = last;
      }
    }
    return values;
  });
  return {
    text,
    firstYear: view.getInt32(AT.firstYear, true),
    stepYears: view.getFloat32(AT.stepYears, true),
    origin: {
      longitudeDeg: view.getFloat64(AT.longitudeDeg, true),
      latitudeDeg: view.getFloat64(AT.latitudeDeg, true),
      heightM: view.getFloat64(AT.heightM, true),
    },
    ids,
    xM: metres(0, AT.xOffsetM, AT.xStepM),
    yM: metres(1, AT.yOffsetM, AT.yStepM),
    zM: metres(2, AT.zOffsetM, AT.zStepM),
    species: Uint16Array.from({length: trees}, (_, i) =>
      view.getUint16(staticAt + 3 * trees * 2 + i * 2, true),
    ),
    steps,
    channels,
  };
}
