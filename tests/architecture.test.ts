import {readdirSync, readFileSync, statSync} from 'node:fs';
import {dirname, join, relative, resolve} from 'node:path';
import {describe, expect, it} from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

/**
 * Which parts a part may import, by their faces (`#part`, or one that package.json names beside it, such as `#schemas/quality` for
 * threads that need no schema and not its 30 MB). An arrow never turns round; a new one is a decision.
 */
const MAY_IMPORT: Record<string, readonly string[]> = {
  schemas: [],
  model: ['schemas'],
  devices: ['schemas', 'model'],
  ingest: ['schemas', 'model', 'devices'],
  simulation: ['schemas', 'model'],
  server: ['schemas', 'model', 'devices', 'ingest', 'simulation'],
  // The page knows the API alone; pure functions of the model run in it too.
  'twin-ui': ['schemas', 'model'],
  sites: ['schemas', 'model'],
  bench: ['schemas', 'model', 'devices', 'ingest', 'simulation', 'server'],
};

function sourceFiles(folder: string): string[] {
  const found: string[] = [];
  for (const name of readdirSync(folder)) {
    if (name === 'node_modules' || name === 'dist' || name === 'out') continue;
    const path = join(folder, name);
    if (statSync(path).isDirectory()) found.push(...sourceFiles(path));
    else if (/\.tsx?$/.test(name)) found.push(path);
  }
  return found;
}

function importsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!);
  return found.concat([...text.matchAll(/new URL\('(\.[^']+\.ts)'/g)].map((match) => match[1]!));
}

const parts = Object.keys(MAY_IMPORT).filter((part) => {
  try {
    return statSync(join(ROOT, part)).isDirectory();
  } catch {
    return false;
  }
});

describe.each(parts)('%s', (part) => {
  const files = sourceFiles(join(ROOT, part));

  it('imports only the parts it may know, by their faces', () => {
    const wrong: string[] = [];
    for (const file of files) {
      for (const target of importsOf(file)) {
        if (target.startsWith('#')) {
          const other = target.slice(1).split('/')[0]!;
          if (other !== part && !MAY_IMPORT[part]!.includes(other))
            wrong.push(`${relative(ROOT, file)} imports ${target}`);
        } else if (target.startsWith('.')) {
          const where = relative(ROOT, resolve(dirname(file), target)).split('/')[0]!;
          // A benchmark measures the inside of a part too; the server tells its version.
          const reads =
            (part === 'server' && where === 'package.json') ||
            (part === 'bench' && MAY_IMPORT[part]!.includes(where));
          if (where !== part && !reads) wrong.push(`${relative(ROOT, file)} reaches into ${where}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('names no site', () => {
    if (part === 'sites') return expect(files.length).toBeGreaterThan(0);
    const sites = readdirSync(join(ROOT, 'sites')).filter((name) => {
      try {
        return statSync(join(ROOT, 'sites', name, 'site.json')).isFile();
      } catch {
        return false;
      }
    });
    const naming = files.filter((file) => {
      // The default of the setting ECO_SITE is the one place where a site is named.
      if (relative(ROOT, file) === 'schemas/settings.ts') return false;
      const text = readFileSync(file, 'utf8').toLowerCase();
      return sites.some((site) => text.includes(site));
    });
    expect(naming.map((file) => relative(ROOT, file))).toEqual([]);
  });
});

it('model has no clock, file, network or random numbers of its own', () => {
  const forbidden = /\bDate\.now\(|\bnew Date\(\)|Math\.random\(|performance\.now\(|from 'node:|\bfetch\(/;
  const wrong = sourceFiles(join(ROOT, 'model')).filter((file) => forbidden.test(readFileSync(file, 'utf8')));
  expect(wrong.map((file) => relative(ROOT, file))).toEqual([]);
});

it('schemas does no I/O', () => {
  const wrong = sourceFiles(join(ROOT, 'schemas')).filter((file) =>
    /from 'node:|\bfetch\(/.test(readFileSync(file, 'utf8')),
  );
  expect(wrong.map((file) => relative(ROOT, file))).toEqual([]);
});
