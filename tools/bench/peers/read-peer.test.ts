import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type PeerOptions, readPeer } from './read-peer.ts';

const folder = mkdtempSync(join(tmpdir(), 'peer-'));
beforeAll(() => {
  mkdirSync(join(folder, 'shop'));
  for (const [name, text] of Object.entries({
    'shop/create.ts': '',
    'event.json': '{ "body": "{}" }',
    'peer.json':
      '{ "folder": "shop", "external": ["@aws-sdk/*"], "functions": [{ "ours": "listTasks", "entry": "create.ts" }] }',
    'wrong.json': '{ "functions": [{ "ours": "makeTask", "entry": "create.ts" }] }',
    'no-json.json': 'functions:',
  })) {
    writeFileSync(join(folder, name), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);

describe('a peer', () => {
  it('is described by a file', () => {
    const { peer, folder: found } = readPeer(folder, { description: at('peer.json') });
    expect(found).toBe(at('shop'));
    expect(peer).toMatchObject({ external: ['@aws-sdk/*'], functions: [{ ours: 'listTasks', export: 'handler' }] });
  });

  it('is one function by options', () => {
    const options = { entry: 'create.ts', event: at('event.json'), env: ['TABLE=a=b'], ours: 'listTasks' };
    expect(readPeer(at('shop'), options).peer).toMatchObject({
      environment: { TABLE: 'a=b' },
      functions: [{ ours: 'listTasks', entry: 'create.ts', export: 'handler', event: { body: '{}' } }],
    });
  });

  it.each<[string, PeerOptions, RegExp]>([
    ['a description and a function', { entry: 'a.ts', description: 'b.json' }, /--description or --entry, not both/],
    ['an event without a function', { event: 'a.json' }, /about the function of --entry/],
    ['a description that is not there', { description: at('gone.json') }, /no file .*gone\.json/],
    ['a description that is not JSON', { description: at('no-json.json') }, /no-json\.json is not JSON/],
    ['a function of ours that does not exist', { description: at('wrong.json') }, /createTask[^\n]*listTasks/],
    ['a source that is not there', { entry: 'gone.ts' }, /no gone\.ts in/],
  ])('is refused with %s', (_what, options, message) => {
    expect(() => readPeer(folder, options)).toThrow(message);
  });
});
