/** Plans as JSON: typed arrays as their kind and bytes, and the numbers that JSON does not have by name. */
const KINDS = {Float64Array, Float32Array, Int32Array, Uint32Array, Int16Array, Uint16Array, Uint8Array};
type Kind = keyof typeof KINDS;

export function bytesText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

export function textBytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({length: text.length / 2}, (_, i) =>
    Number.parseInt(text.slice(2 * i, 2 * i + 2), 16),
  );
}

export function planJson(plan: unknown): string {
  return JSON.stringify(plan, (_key, value: unknown) => {
    if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
      return {number: Object.is(value, -0) ? '-0' : String(value)};
    }
    if (!ArrayBuffer.isView(value)) return value;
    return {
      typed: value.constructor.name,
      bytes: bytesText(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)),
    };
  });
}

export function readPlanJson<Plan>(text: string): Plan {
  return JSON.parse(text, (_key, value: unknown) => {
    const of = value as {number?: string; typed?: Kind; bytes?: string} | null;
    if (typeof of?.number === 'string') return Number(of.number);
    if (typeof of?.typed === 'string') return new KINDS[of.typed](textBytes(of.bytes!).buffer);
    return value;
  }) as Plan;
}
