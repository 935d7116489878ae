import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { type Clock, ManualClock, systemClock, type Timer } from '../core/clock.ts';
import { until } from '../testing/until.ts';
import { prepareDatabaseFile } from './database-file.ts';
import { connectEngine } from './engine.ts';
import { EngineSupervisor } from './engine-supervisor.ts';
import { findEngine } from './find-engine.ts';

const folder = mkdtempSync(join(tmpdir(), 'supervised-'));
after(() => rmSync(folder, { recursive: true }));

const table = {
  TableName: 'kept',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
};

async function supervise(clock: Clock, binary = findEngine()) {
  const database = prepareDatabaseFile(undefined);
  const exits: string[] = [];
  const supervisor = await EngineSupervisor.start({
    binary,
    databaseFile: database.path,
    clock,
    onExit: (reason) => exits.push(reason),
  });
  const engine = connectEngine(supervisor);
  return {
    supervisor,
    engine,
    exits,
    signal: (name: NodeJS.Signals) => process.kill(supervisor.pid ?? 0, name),
    async [Symbol.asyncDispose]() {
      engine.close();
      await supervisor.close();
      database.release();
    },
  };
}

class CountingClock extends ManualClock {
  scheduled = 0;

  override schedule(callback: () => void, delay: number): Timer {
    this.scheduled += 1;
    return super.schedule(callback, delay);
  }
}

/** An engine that ends at once while a file says so, and counts its starts in another. */
function breakableEngine() {
  const script = join(folder, 'engine');
  const starts = join(folder, 'starts');
  const broken = join(folder, 'broken');
  writeFileSync(
    script,
    `#!/bin/sh\necho >> '${starts}'\n[ -e '${broken}' ] && { echo out of order; exit 3; }\nexec '${findEngine()}' "$@"\n`,
    { mode: 0o755 },
  );
  return {
    script,
    starts: () => (existsSync(starts) ? readFileSync(starts, 'utf8').length : 0),
    breakDown: () => writeFileSync(broken, ''),
    repair: () => rmSync(broken),
  };
}

describe('the supervisor of the DynamoDB engine', () => {
  it('restarts an engine that was killed, with its tables and items', async () => {
    await using supervised = await supervise(systemClock);
    const { engine, exits, signal } = supervised;
    await engine.call('CreateTable', table);
    await engine.call('PutItem', { TableName: 'kept', Item: { id: { S: 'a' } } });
    signal('SIGKILL');
    await until('the exit', () => exits.length === 1);
    const { Item } = await engine.call('GetItem', { TableName: 'kept', Key: { id: { S: 'a' } } });
    assert.deepEqual(Item, { id: { S: 'a' } });
    assert.deepEqual(exits, ['The DynamoDB engine ended (SIGKILL).']);
  });

  it('lets the calls of the meantime wait for the engine', async () => {
    await using supervised = await supervise(systemClock);
    const { engine, exits, signal } = supervised;
    signal('SIGKILL');
    await until('the exit', () => exits.length === 1);
    const answers = await Promise.all(Array.from({ length: 20 }, () => engine.call('ListTables', {})));
    assert.equal(answers.length, 20);
  });

  it('fails a call that the engine took and did not answer, with an error that SDKs retry', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.destroy()));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const bound = server.address();
    const address = { host: '127.0.0.1', port: typeof bound === 'object' ? (bound?.port ?? 0) : 0 };
    const engine = connectEngine({ address: async () => address });
    await assert.rejects(engine.call('ListTables', {}), {
      code: 'InternalServerError',
      status: 500,
      message:
        /^The DynamoDB engine ended during the call \(.*\)\. Whether the call took effect is unknown; try again\.$/,
    });
    engine.close();
    server.close();
  });

  it('tries again, later and later, while the engine does not start', {
    skip: process.platform === 'win32',
  }, async () => {
    const clock = new CountingClock();
    const binary = breakableEngine();
    await using supervised = await supervise(clock, binary.script);
    const { engine, exits, signal } = supervised;
    binary.breakDown();
    signal('SIGKILL');
    await until('the exit', () => exits.length === 1);
    for (const [index, delay] of [100, 200, 400, 800].entries()) {
      await clock.advance(delay - 1);
      assert.equal(binary.starts(), index + 1, `no try within ${delay} ms`);
      await clock.advance(1);
      await until('another try', () => binary.starts() === index + 2);
      await until('its failure', () => clock.scheduled === index + 2);
    }
    assert.match(exits[1] ?? '', /^The DynamoDB engine ended \(exit code 3\)\. out of order/);
    assert.equal(exits.length, 2, 'the same reason is given once');

    const waiting = assert.rejects(engine.call('ListTables', {}), {
      code: 'InternalServerError',
      status: 500,
      message: /^The DynamoDB engine ended \(exit code 3\)\. out of order It is being restarted; try again\.$/,
    });
    await clock.advance(5000);
    await waiting;
    // The try during the wait, too, has failed before the engine is repaired: the call scheduled a timer, and the next try.
    await until('the failure of that try', () => clock.scheduled === 7);

    binary.repair();
    const answer = engine.call('ListTables', {});
    await clock.advance(4999);
    assert.deepEqual(await answer, { TableNames: [] });
  });

  it('does not restart an engine that it closes', async () => {
    const supervised = await supervise(systemClock);
    await supervised[Symbol.asyncDispose]();
    assert.deepEqual(supervised.exits, []);
    assert.equal(supervised.supervisor.pid, undefined);
  });
});
