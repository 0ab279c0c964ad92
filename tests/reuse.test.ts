import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {matchesGlob, resolve} from 'node:path';
import {parse} from 'smol-toml';
import {describe, expect, it} from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
/** What may stand in the published package. Anything else stays in COPYLEFT_FOLDER, which is not published. */
const OPEN =
  /^(Apache-2\.0|MIT|BSD-[23]-Clause|CC0-1\.0|CC-BY-[34]\.0|ISC)( AND (Apache-2\.0|MIT|BSD-[23]-Clause|CC0-1\.0|CC-BY-[34]\.0))*$/;
const COPYLEFT_FOLDER = 'tests/fixtures/copyleft/';
/** Folders of things that other people made: the default line (ours) does not do for them. */
const OTHERS = ['tests/fixtures/real/', 'tests/fixtures/reference/', 'tests/fixtures/payloads/'];

type Annotation = {
  path: string | string[];
  'SPDX-FileCopyrightText': string | string[];
  'SPDX-License-Identifier': string;
  'SPDX-FileComment'?: string;
};
const {annotations} = parse(readFileSync(resolve(ROOT, 'REUSE.toml'), 'utf8')) as unknown as {
  annotations: Annotation[];
};
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '');

function annotationOf(file: string): Annotation | undefined {
  return annotations.findLast((annotation) =>
    [annotation.path].flat().some((glob) => glob === '**' || matchesGlob(file, glob)),
  );
}

describe('licences', () => {
  it('every file has a copyright line and an SPDX licence', () => {
    const bare = files.filter((file) => {
      const annotation = annotationOf(file);
      return (
        !annotation?.['SPDX-License-Identifier'] || [annotation['SPDX-FileCopyrightText']].flat().length === 0
      );
    });
    expect(bare).toEqual([]);
  });

  it('what others made names its author, source and licence in a line of its own', () => {
    const bare = files.filter((file) => {
      if (!OTHERS.some((folder) => file.startsWith(folder)) || /(^|\/)README\.md$/.test(file)) return false;
      const annotation = annotationOf(file);
      return annotation === undefined || annotation.path === '**' || !annotation['SPDX-FileComment'];
    });
    expect(bare).toEqual([]);
  });

  it('what is not Apache, MIT, BSD, CC0 or CC-BY stays in one folder outside the package', () => {
    const wrong = files.filter((file) => {
      const annotation = annotationOf(file);
      return (
        annotation && !OPEN.test(annotation['SPDX-License-Identifier']) && !file.startsWith(COPYLEFT_FOLDER)
      );
    });
    expect(wrong).toEqual([]);
    const {files: published} = JSON.parse(readFileSync(resolve(ROOT, 'package.json'), 'utf8')) as {
      files: string[];
    };
    expect(published.filter((entry) => entry.startsWith('tests'))).toEqual([]);
  });
});
