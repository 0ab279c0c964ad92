const BYTES_IN_LINE = 16;

/** Bytes given as base64, sixteen to a line: their place, hexadecimal, and as ASCII where that can be read. */
export function hexLines(base64: string): string {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_IN_LINE) {
    const some = [...bytes.subarray(at, at + BYTES_IN_LINE)];
    const hex = some.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const ascii = some
      .map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'))
      .join('');
    lines.push(`${at.toString(16).padStart(6, '0')}  ${hex.padEnd(BYTES_IN_LINE * 3 - 1)}  ${ascii}`);
  }
  return lines.join('\n');
}
