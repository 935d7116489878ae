import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { prepareDatabaseFile } from './database-file.ts';
import { startDynamoDbEngine } from './standalone-engine.ts';

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const isWindows = process.platform === 'win32';

/** Makes a folder older than the databases of endpoints that are about to start. */
function age(path: string): void {
  const hourAgo = Date.now() / 1000 - 3600;
  utimesSync(dirname(path), hourAgo, hourAgo);
}

describe('the database of the DynamoDB engine', () => {
  it('is readable by its owner alone, with the files beside it', { skip: isWindows }, async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'kept-')), 'new');
    const { path } = prepareDatabaseFile(folder);
    await using _engine = await startDynamoDbEngine({ databaseFile: path });
    assert.equal(mode(folder), '700');
    const files = readdirSync(folder);
    assert.ok(files.length >= 3, files.join());
    for (const file of files) assert.equal(mode(join(folder, file)), '600', file);
    rmSync(dirname(folder), { recursive: true });
  });

  it('becomes private when it was made readable for all', { skip: isWindows }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'kept-'));
    const path = join(folder, 'dynamodb.db');
    writeFileSync(path, '');
    chmodSync(path, 0o644);
    assert.equal(prepareDatabaseFile(folder).path, path);
    assert.equal(mode(path), '600');
    rmSync(folder, { recursive: true });
  });

  it('stays when it is kept, and goes when it is temporary', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kept-'));
    for (const [kept, isKept] of [
      [folder, true],
      [undefined, false],
    ] as const) {
      const { path, release } = prepareDatabaseFile(kept);
      assert.equal(existsSync(path), true);
      release();
      assert.equal(existsSync(path), isKept);
    }
    rmSync(folder, { recursive: true });
  });

  it('goes with a process that ends without closing its engine', () => {
    const module = JSON.stringify(new URL('./database-file.ts', import.meta.url).href);
    const script = `const { prepareDatabaseFile } = await import(${module});
      process.stdout.write(prepareDatabaseFile(undefined).path);
      process.exit(1);`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    assert.match(stdout, /dynamodb\.db$/);
    assert.equal(existsSync(dirname(stdout)), false);
  });

  it('is deleted by the next start when its endpoint was killed', async () => {
    const { path } = prepareDatabaseFile(undefined);
    const engine = await startDynamoDbEngine({ databaseFile: path });
    await engine.close();
    age(path);
    prepareDatabaseFile(undefined).release();
    assert.equal(existsSync(path), false);
  });

  it('is left alone while a process has it open', async () => {
    const database = prepareDatabaseFile(undefined);
    await using _engine = await startDynamoDbEngine({ databaseFile: database.path });
    age(database.path);
    prepareDatabaseFile(undefined).release();
    assert.equal(existsSync(database.path), true);
    database.release();
  });

  it('is left alone while another endpoint is about to open it', () => {
    const database = prepareDatabaseFile(undefined);
    prepareDatabaseFile(undefined).release();
    assert.equal(existsSync(database.path), true);
    database.release();
  });
});
