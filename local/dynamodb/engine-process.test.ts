import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  CreateTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb';
import { until } from '#test/support/until.ts';
import { openStateStore } from '../state/sqlite-state-store.ts';
import { startDynamoDbEdge } from './dynamodb-edge.fixture.ts';
import { connectEngine } from './engine.ts';
import { startEngineProcess } from './engine-process.ts';
import { findEngine } from './find-engine.ts';

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

describe('the process of the DynamoDB engine', () => {
  it('says which package is missing on a platform that has no engine', () => {
    assert.throws(() => findEngine('aix', 'ppc64'), /npm package @dynoxide\/aix-ppc64 is missing/);
  });

  it('fails to start with what the engine said', async () => {
    const options = { binary: '/bin/ls', databaseFile: undefined, onExit: () => {} };
    await assert.rejects(startEngineProcess(options), /The DynamoDB engine ended \(exit code \d+\)\. .*ls: /s);
  });

  it('ends when it is closed, without calling that an exit', async () => {
    const exits: string[] = [];
    const engine = await startEngineProcess({
      binary: findEngine(),
      databaseFile: undefined,
      onExit: (reason) => exits.push(reason),
    });
    assert.equal(await isListening(engine.port), true);
    await engine.close();
    assert.equal(await isListening(engine.port), false);
    assert.deepEqual(exits, []);
  });

  it('dies with a parent that is killed', { skip: process.platform === 'win32' }, async () => {
    const script = `
      const { startEngineProcess } = await import(${JSON.stringify(new URL('./engine-process.ts', import.meta.url).href)});
      const { findEngine } = await import(${JSON.stringify(new URL('./find-engine.ts', import.meta.url).href)});
      const { port } = await startEngineProcess({ binary: findEngine(), databaseFile: undefined, onExit() {} });
      process.stdout.write(String(port));
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [chunk] = await once(parent.stdout, 'data');
    const port = Number(String(chunk));
    assert.equal(await isListening(port), true);
    parent.kill('SIGKILL');
    await until('the engine to go after its parent', async () => !(await isListening(port)));
  });

  it('makes calls fail and tells why when it dies', async () => {
    const exits: string[] = [];
    const engineProcess = await startEngineProcess({
      binary: findEngine(),
      databaseFile: undefined,
      onExit: (reason) => exits.push(reason),
    });
    const engine = connectEngine(engineProcess.port, engineProcess.stopped);
    assert.deepEqual(await engine.call('ListTables', {}), { TableNames: [] });
    process.kill(engineProcess.pid, 'SIGKILL');
    await until('word of the exit', () => exits.length > 0);
    assert.match(exits[0] ?? '', /^The DynamoDB engine ended \(SIGKILL\)/);
    await assert.rejects(engine.call('ListTables', {}), {
      code: 'InternalServerError',
      status: 500,
      message: 'The DynamoDB engine of the local endpoint ended (SIGKILL). Restart the endpoint.',
    });
    engine.close();
    await engineProcess.close();
  });

  it('keeps tables and their settings in a directory', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'dynamodb-'));
    try {
      for (const run of ['first', 'second']) {
        const state = openStateStore(directory);
        const edge = await startDynamoDbEdge({ state });
        const client = new DynamoDBClient(edge.clientConfig);
        if (run === 'first') {
          await client.send(
            new CreateTableCommand({
              TableName: 'kept',
              BillingMode: 'PAY_PER_REQUEST',
              AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
              KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
            }),
          );
          await client.send(
            new UpdateContinuousBackupsCommand({
              TableName: 'kept',
              PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
            }),
          );
        } else {
          const { Table } = await client.send(new DescribeTableCommand({ TableName: 'kept' }));
          assert.equal(Table?.TableStatus, 'ACTIVE');
          const { ContinuousBackupsDescription: backups } = await client.send(
            new DescribeContinuousBackupsCommand({ TableName: 'kept' }),
          );
          assert.equal(backups?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus, 'ENABLED');
        }
        client.destroy();
        await edge.close();
        await state.close();
      }
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
