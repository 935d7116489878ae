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
import { openStateStore } from '../state/sqlite-state-store.ts';
import { until } from '../testing/until.ts';
import { startDynamoDbEdge } from './dynamodb-edge.fixture.ts';
import type { EngineAddress } from './engine-address.ts';
import { findEngine } from './find-engine.ts';
import { startDynamoDbEngine } from './standalone-engine.ts';

async function isListening({ host, port }: EngineAddress): Promise<boolean> {
  const socket = connect(port, host);
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
    await assert.rejects(
      startDynamoDbEngine({ binary: '/bin/ls' }),
      /The DynamoDB engine ended \(exit code \d+\)\. .*ls: /s,
    );
  });

  it('ends when it is closed, without calling that an exit', async () => {
    const exits: string[] = [];
    await using engine = await startDynamoDbEngine({ onExit: (reason) => exits.push(reason) });
    assert.equal(await isListening(engine.address), true);
    await engine.close();
    assert.equal(await isListening(engine.address), false);
    assert.deepEqual(exits, []);
  });

  it('dies with a parent that is killed', { skip: process.platform === 'win32' }, async () => {
    const script = `
      const { startDynamoDbEngine } = await import('./standalone-engine.ts');
      const { address } = await startDynamoDbEngine();
      process.stdout.write(JSON.stringify(address));
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [chunk] = await once(parent.stdout, 'data');
    const address: EngineAddress = JSON.parse(String(chunk));
    assert.equal(await isListening(address), true);
    parent.kill('SIGKILL');
    await until('the engine to go after its parent', async () => !(await isListening(address)));
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
