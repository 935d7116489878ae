import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { fingerprintOf } from './fingerprint.ts';
import { SourceFiles } from './source-files.ts';

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
const fingerprint = (params = {}, environment = {}, options = {}) =>
  fingerprintOf({ root, folder, stage: 'local', params, options }, { files: new SourceFiles(), environment });

test.each([
  ['a source', () => write('services/tasks/src/task.ts', 'export const task = 2;')],
  ['a new file', () => write('services/tasks/src/new.ts', '')],
  ['a removed file', () => rmSync(join(root, 'services/tasks/src/task.ts'))],
  ['a file with the settings of a machine', () => write('services/tasks/.env', 'A=1')],
  ['what all services share', () => write('shared/http.ts', 'export const http = 2;')],
  ['the lock file', () => write('package-lock.json', '{}')],
  ['an installed package', () => write('node_modules/.package-lock.json', '{}')],
  ["the compiler's options", () => write('tsconfig.base.json', '{}')],
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

test.each([
  ['a second source of a variable', `region: "\${opt:area, env:SETTING, 'none'}"`, 'serverless.yml'],
  ['a script of the configuration', "module.exports = () => process.env['SETTING'];", 'settings.cjs'],
  ['a value of an environment file', `URL=http://\${SETTING}/`, '.env'],
])('a fingerprint differs with an environment variable in %s', (_name, text, file) => {
  write(`services/tasks/${file}`, text);
  expect(fingerprint({}, { SETTING: 'b' })).not.toBe(fingerprint({}, { SETTING: 'a' }));
});

test('a fingerprint differs with the other options of the deploy', () => {
  const fingerprints = [{}, { region: 'eu-west-1' }, { config: 'serverless.yml' }].map((options) =>
    fingerprint({}, {}, options),
  );
  expect(new Set(fingerprints).size).toBe(3);
});

test('a fingerprint differs after a change of a file that a script of the configuration names', () => {
  write('services/tasks/serverless.yml', `resources: "\${file(dashboard.cjs)}"`);
  write(
    'services/tasks/dashboard.cjs',
    `module.exports = ({ resolveVariable }) => resolveVariable('file(../../a.yml)');`,
  );
  const before = fingerprint();
  expect(before).toBeDefined();
  write('a.yml', 'a: 1');
  expect(fingerprint()).not.toBe(before);
});

test.each([
  [
    'a script that reads more than its arguments',
    `a: "\${file(now.cjs)}"`,
    { 'now.cjs': 'module.exports = Date.now();' },
  ],
  [
    'a script that names itself and loads another',
    `a: "\${file(a.cjs)}"`,
    { 'a.cjs': "require('./b.cjs'); // file(a.cjs)" },
  ],
  ['a file whose name only the CLI can resolve', `a: "\${file(\${self:custom.name}.yml)}"`, {}],
  ['an environment variable whose name only the CLI can resolve', `a: "\${env:\${param:name}}"`, {}],
  ['the id of the run', `a: "\${sls:instanceId}"`, {}],
  ['a plugin that is not known', 'plugins: [serverless-s3-sync]', {}],
  ['a plugin outside of what services share', 'plugins: [../../plugins/own.js]', {}],
  ['plugins in another file', `plugins: "\${file(plugins.yml)}"`, {}],
])('there is no fingerprint of a service with %s', (_name, configuration, files) => {
  write('services/tasks/serverless.yml', configuration);
  for (const [name, text] of Object.entries(files)) write(`services/tasks/${name}`, text);
  expect(fingerprint()).toBeUndefined();
});

test('there is no fingerprint of a service that a script configures', () => {
  rmSync(join(folder, 'serverless.yml'));
  write('services/tasks/serverless.ts', 'export default {};');
  expect(fingerprint()).toBeUndefined();
});

test('there is a fingerprint of a service with the plugins of the project', () => {
  write('services/tasks/serverless.yml', 'plugins: [../../shared/serverless/plugin, serverless-localstack]');
  expect(fingerprint()).toBeDefined();
});

test('a fingerprint stays the same for the same sources, whatever was built of them', () => {
  const before = fingerprint({ a: '1', b: '2' });
  write('services/tasks/.serverless/task.zip', 'bundle');
  expect(fingerprint({ b: '2', a: '1' }, { OTHER: 'x' })).toBe(before);
});
