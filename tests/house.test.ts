import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {expect, it} from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const bin = (name: string) => resolve(ROOT, 'node_modules/.bin', name);

function run(program: string, ...args: string[]): string {
  const {status, stdout, stderr} = spawnSync(program, args, {cwd: ROOT, encoding: 'utf8'});
  return status === 0 ? '' : `${stdout}${stderr}`;
}

it('type-checks', {timeout: 180_000}, () => {
  expect(run(bin('tsc'), '--noEmit')).toBe('');
  expect(run(bin('tsc'), '--noEmit', '-p', 'twin-ui')).toBe('');
});

it('is formatted and free of lint', {timeout: 120_000}, () => {
  expect(run(bin('biome'), 'check', '.')).toBe('');
});

it('runs on the Node it pins', () => {
  const {devDependencies} = JSON.parse(readFileSync(resolve(ROOT, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  expect(process.version).toBe(`v${devDependencies['node']}`);
});

it('pins every dependency exactly', () => {
  const {dependencies, devDependencies} = JSON.parse(
    readFileSync(resolve(ROOT, 'package.json'), 'utf8'),
  ) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
  const loose = Object.entries({...dependencies, ...devDependencies}).filter(
    ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
  );
  expect(loose).toEqual([]);
});

it('locks the prebuilt packages of every platform and names no registry host', () => {
  const lock = readFileSync(resolve(ROOT, 'package-lock.json'), 'utf8');
  for (const platform of ['linux-x64', 'linux-arm64', 'darwin-arm64', 'darwin-x64', 'win32-x64'])
    expect(lock).toContain(platform);
  const hosts = [...lock.matchAll(/"resolved": "https?:\/\/([^/"]+)/g)].map((match) => match[1]);
  expect(hosts.filter((host) => host !== 'registry.npmjs.org')).toEqual([]);
});

it('explains every dependency', () => {
  const {dependencies, devDependencies} = JSON.parse(
    readFileSync(resolve(ROOT, 'package.json'), 'utf8'),
  ) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
  const text = readFileSync(resolve(ROOT, 'docs/dependencies.md'), 'utf8');
  expect(
    Object.keys({...dependencies, ...devDependencies}).filter((name) => !text.includes(`\`${name}\``)),
  ).toEqual([]);
});
