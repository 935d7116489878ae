import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import * as z from 'zod';
import { noteParts } from './folder-parts.ts';
import { openPersistedState } from './open-persisted-state.ts';
import { keepRegion } from './regional-state.ts';
import { openStateStore } from './sqlite-state-store.ts';
import { StateFolderError } from './state-folder-error.ts';

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'persisted-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A folder as an endpoint leaves it. */
async function usedFolder(t: TestContext): Promise<string> {
  const folder = join(temporaryFolder(t), 'state');
  const state = openPersistedState(folder);
  state.collection('sqs/queues', z.unknown()).put('jobs', { name: 'jobs' });
  mkdirSync(join(folder, 's3'));
  mkdirSync(join(folder, 'lambda', 'code'), { recursive: true });
  noteParts(state);
  await state.close();
  return folder;
}

const refuses = (folder: string, message: string): void =>
  assert.throws(() => openPersistedState(folder), new StateFolderError(message));

const wayOut = 'Restore the folder from a copy, or start with another one.';
const elsewhere = 'Choose another folder for --persist.';

describe('a folder of --persist', () => {
  it('is for its owner alone, with all that was in it before', async (t) => {
    const folder = join(temporaryFolder(t), 'a', 'b');
    mkdirSync(join(folder, 'old'), { recursive: true, mode: 0o755 });
    writeFileSync(join(folder, 'old', 'key.pem'), '', { mode: 0o644 });
    chmodSync(folder, 0o755);
    const state = openPersistedState(folder);
    state.collection('oidc/keys', z.unknown()).put('issuer', { d: 'secret' });
    await state.committed();
    const modes = ['', 'old', 'old/key.pem', 'state.db', 'state.db-wal', 'dynamodb.db'].map((name) => [
      name,
      (statSync(join(folder, name)).mode & 0o777).toString(8),
    ]);
    assert.deepEqual(modes, [
      ['', '700'],
      ['old', '700'],
      ['old/key.pem', '600'],
      ['state.db', '600'],
      ['state.db-wal', '600'],
      ['dynamodb.db', '600'],
    ]);
    await state.close();
  });

  it('is refused when it is a file, or below one', (t) => {
    const file = join(temporaryFolder(t), 'file');
    writeFileSync(file, '');
    refuses(file, `${file} is not a folder. ${elsewhere}`);
    refuses(join(file, 'below'), `${join(file, 'below')} is not a folder. ${elsewhere}`);
  });

  it('is refused where none can be made', { skip: process.platform !== 'linux' && 'only Linux has /proc' }, () => {
    refuses('/proc/x', `/proc/x cannot be made. ${elsewhere}`);
  });

  it('is refused when it is a link to nothing', (t) => {
    const link = join(temporaryFolder(t), 'link');
    symlinkSync('/nowhere/at/all', link);
    refuses(link, `${link} is not a folder. ${elsewhere}`);
  });

  it('is refused when the state is no database, or a damaged one', async (t) => {
    const folder = await usedFolder(t);
    const file = join(folder, 'state.db');
    writeFileSync(file, 'not a database, whatever else it may be');
    refuses(folder, `${file} cannot be read: file is not a database. ${wayOut}`);
  });

  it('is refused with the version of another release', async (t) => {
    const folder = await usedFolder(t);
    const file = join(folder, 'state.db');
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 99');
    database.close();
    refuses(
      folder,
      `${file} has version 99 and this release reads version 2. Use the release that wrote it, or start with another folder.`,
    );
  });

  it('is refused with the documents of earlier releases', (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'sqs.json'), '[]');
    refuses(
      folder,
      `${join(folder, 'sqs.json')} was written by an earlier release, whose state this one cannot read. Start with another folder, or delete this one.`,
    );
  });

  it('is refused when a part of it is gone', async (t) => {
    const folder = await usedFolder(t);
    rmSync(join(folder, 'dynamodb.db'));
    refuses(folder, `${join(folder, 'dynamodb.db')} is missing, but ${join(folder, 'state.db')} is there. ${wayOut}`);
    writeFileSync(join(folder, 'dynamodb.db'), '');
    rmSync(join(folder, 'state.db'));
    refuses(folder, `${join(folder, 'state.db')} is missing, but ${join(folder, 'dynamodb.db')} is there. ${wayOut}`);
  });

  it('is refused when it has resources of a region that an earlier release kept among those of us-east-1', async (t) => {
    const stack = { name: 'shop', status: 'CREATE_COMPLETE' };
    const queue = { identity: { arn: 'arn:aws:sqs:eu-west-1:000000000000:far' } };
    for (const [collection, record, what] of [
      ['cloudformation/stacks', { ...stack, region: 'eu-west-1' }, 'the stack shop'],
      ['sqs/queues', queue, 'the queue far'],
    ] as const) {
      const folder = await usedFolder(t);
      const state = openStateStore(folder);
      state.collection('cloudformation/stacks', z.unknown()).put('near', { ...stack, region: 'us-east-1' });
      state.collection(collection, z.unknown()).put('far', record);
      await state.close();
      refuses(
        folder,
        `${folder} holds ${what} of eu-west-1, written by an earlier release, which kept all regions as one. Start with another folder, or delete this one and deploy again.`,
      );
    }
  });

  it('is taken when such a release kept resources of us-east-1 alone', async (t) => {
    const folder = await usedFolder(t);
    const before = openStateStore(folder);
    const stacks = before.collection('cloudformation/stacks', z.unknown());
    stacks.put('near', { name: 'shop', status: 'CREATE_COMPLETE', region: 'us-east-1' });
    stacks.put('gone', { name: 'shop', status: 'DELETE_COMPLETE', region: 'eu-west-1' });
    await before.close();
    await openPersistedState(folder).close();
  });

  it('is refused when the tables of a region are gone', async (t) => {
    const folder = await usedFolder(t);
    const state = openStateStore(folder);
    for (const region of ['us-east-1', 'eu-west-1']) keepRegion(state, region);
    await state.close();
    const file = join(folder, 'regions', 'eu-west-1', 'dynamodb.db');
    refuses(folder, `${file} is missing, but ${join(folder, 'state.db')} is there. ${wayOut}`);
  });

  it('is refused with a record that its service cannot read, which the message names', async (t) => {
    const state = openPersistedState(await usedFolder(t));
    const queues = state.collection('sqs/queues', z.object({ attributes: z.string() }));
    const file = join(state.directory ?? '', 'state.db');
    assert.throws(
      () => [...queues.entries()],
      new StateFolderError(
        `${file} holds a record that is not valid, sqs/queues jobs: attributes Invalid input: expected string, received undefined. ${wayOut}`,
      ),
    );
    await state.close();
  });
});
