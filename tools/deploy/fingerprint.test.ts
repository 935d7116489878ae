import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { fingerprintOf, SourceFiles } from './fingerprint.ts';

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fingerprint-'));
  folder = join(root, 'services', 'tasks');
  for (const path of ['services/tasks/src', 'services/tasks/.serverless', 'shared', 'node_modules']) {
    mkdirSync(join(root, path), { recursive: true });
  }
  write('services/tasks/serverless.yml', `environment: { LEVEL: "\${env:LEVEL}" }`);
  write('services/tasks/src/task.ts', 'export const task = process.env.TASK;');
  write('shared/http.ts', 'export const http = 1;');
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (path: string, text: string): void => writeFileSync(join(root, path), text);
const fingerprint = (params = {}, environment = {}): string =>
  fingerprintOf({ root, folder, stage: 'local', params }, { files: new SourceFiles(), environment });

test.each([
  ['a source', () => write('services/tasks/src/task.ts', 'export const task = 2;')],
  ['a new file', () => write('services/tasks/src/new.ts', '')],
  ['a removed file', () => rmSync(join(root, 'services/tasks/src/task.ts'))],
  ['a file with the settings of a machine', () => write('services/tasks/.env', 'A=1')],
  ['what all services share', () => write('shared/http.ts', 'export const http = 2;')],
  ['the lock file', () => write('package-lock.json', '{}')],
  ['an installed package', () => write('node_modules/.package-lock.json', '{}')],
])('a fingerprint differs after a change of %s', (_name, change) => {
  const before = fingerprint();
  change();
  expect(fingerprint()).not.toBe(before);
});

test('a fingerprint differs after a change of a file elsewhere that the configuration names', () => {
  write('services/tasks/serverless.yml', 'custom: #{file(../../settings.#{sls:stage}.yml)}'.replaceAll('#', '$'));
  write('settings.local.yml', 'more: #{file(../../more.yml)}'.replaceAll('#', '$'));
  const before = fingerprint();
  write('settings.local.yml', 'less: #{file(../../more.yml)}'.replaceAll('#', '$'));
  const changed = fingerprint();
  expect(changed).not.toBe(before);
  write('more.yml', 'a: 1');
  expect(fingerprint()).not.toBe(changed);
});

test('a fingerprint differs with the parameters, and with the environment variables that files name', () => {
  const before = fingerprint({ a: '1' }, { LEVEL: 'x', TASK: 'y' });
  expect(fingerprint({ a: '2' }, { LEVEL: 'x', TASK: 'y' })).not.toBe(before);
  expect(fingerprint({ a: '1' }, { LEVEL: 'z', TASK: 'y' })).not.toBe(before);
  expect(fingerprint({ a: '1' }, { LEVEL: 'x', TASK: 'z' })).not.toBe(before);
});

test('a fingerprint stays the same for the same sources, whatever was built of them', () => {
  const before = fingerprint({ a: '1', b: '2' });
  write('services/tasks/.serverless/task.zip', 'bundle');
  expect(fingerprint({ b: '2', a: '1' }, { OTHER: 'x' })).toBe(before);
});
