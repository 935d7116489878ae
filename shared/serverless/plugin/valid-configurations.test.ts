import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { rememberValidConfigurations } from './valid-configurations.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'valid-configurations-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

type Configuration = { Action: string | string[]; memory?: string };

/** A framework whose validation makes a list of `Action`, and refuses `memory`. */
function framework(schema: object = { type: 'object' }) {
  const calls: object[] = [];
  const configSchemaHandler = {
    schema,
    defineCustomProperties: () => {},
    defineFunctionProperties: () => {},
    validateConfig: async (configuration: object): Promise<void> => {
      calls.push(configuration);
      if ('memory' in configuration) throw new Error('memory must be a number');
      const action: unknown = Reflect.get(configuration, 'Action');
      Reflect.set(configuration, 'Action', [action]);
    },
  };
  const service = { service: 'tasks', configValidationMode: 'error' };
  const getProvider = () => ({ getStage: () => 'test' });
  rememberValidConfigurations({ version: '3', configSchemaHandler, service, getProvider }, folder);
  return { calls, validate: (configuration: Configuration) => configSchemaHandler.validateConfig(configuration) };
}

test('a configuration is validated once, and is converted the same way after that', async () => {
  for (const expected of [1, 0]) {
    const { calls, validate } = framework();
    const configuration = { Action: 'sqs:SendMessage' };
    await validate(configuration);
    expect(calls).toHaveLength(expected);
    expect(configuration).toStrictEqual({ Action: ['sqs:SendMessage'] });
  }
});

test('a changed configuration and a changed schema are validated again', async () => {
  await framework().validate({ Action: 'a' });
  const changed = framework();
  await changed.validate({ Action: 'b' });
  expect(changed.calls).toHaveLength(1);
  const upgraded = framework({ type: 'object', required: [] });
  await upgraded.validate({ Action: 'b' });
  expect(upgraded.calls).toHaveLength(1);
});

test('a faulty configuration is refused each time', async () => {
  for (let run = 0; run < 2; run += 1) {
    await expect(framework().validate({ Action: 'a', memory: 'much' })).rejects.toThrow('must be a number');
  }
});
