import {expect, it} from 'vitest';
import {hexLines} from '../../../twin-ui/pages/data/hex-lines.ts';

// As `printf '…' | hexdump -C` shows them, with one column of bytes.
it('shows bytes by place, hexadecimal and ASCII', () => {
  const bytes = Buffer.concat([Buffer.from('eco-brain: 0123456789'), Buffer.from([0, 0xff, 0x7f])]);
  expect(hexLines(bytes.toString('base64'))).toBe(
    '000000  65 63 6f 2d 62 72 61 69 6e 3a 20 30 31 32 33 34  eco-brain: 01234\n' +
      `000010  35 36 37 38 39 00 ff 7f${' '.repeat(24)}  56789...`,
  );
  expect(hexLines('')).toBe('');
});
