import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { until } from '../testing/until.ts';

const command = fileURLToPath(new URL('local-aws.js', import.meta.url));

function launch(t: TestContext, ...args: string[]) {
  const child = spawn(process.execPath, [command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  const ended = once(child, 'close');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  return {
    pid: child.pid,
    url: () => until('the address', () => /^AWS endpoint ready on (http:\S+) /.exec(output)?.[1]),
    interrupt: () => child.kill('SIGINT'),
    async end() {
      await ended;
      return { exitCode: child.exitCode, output };
    },
  };
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'local-aws-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('it prints its address, serves, and stops on Ctrl-C', async (t) => {
  const started = launch(t, '--port', '0');
  const url = await started.url();
  assert.equal((await fetch(`${url}/_localstack/health`)).status, 200);
  started.interrupt();
  assert.equal((await started.end()).exitCode, 0);
  await assert.rejects(fetch(url));
});

test('with --persist it keeps the state, and the folder to itself', async (t) => {
  const folder = temporaryFolder(t);
  const first = launch(t, '--port', '0', '--persist', folder);
  const client = (endpoint: string) =>
    new SQSClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  await client(await first.url()).send(new CreateQueueCommand({ QueueName: 'kept' }));
  assert.deepEqual(await launch(t, '--port', '0', '--persist', folder).end(), {
    exitCode: 1,
    output: `${folder} is in use by the endpoint of process ${first.pid}.\n`,
  });
  first.interrupt();
  assert.equal((await first.end()).exitCode, 0);

  const second = launch(t, '--port', '0', '--persist', folder);
  const { QueueUrls } = await client(await second.url()).send(new ListQueuesCommand({}));
  assert.equal(QueueUrls?.length, 1);
  second.interrupt();
  assert.equal((await second.end()).exitCode, 0);
});

test('it says what to do about a port that is in use', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  t.after(() => other.close());
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  assert.deepEqual(await launch(t, '--port', String(port)).end(), {
    exitCode: 1,
    output: `Port ${port} is in use, perhaps by another endpoint or by LocalStack. Stop it, or choose another: local-aws --port 4567\n`,
  });
});

test('it says what is wrong with the folder of --persist', async (t) => {
  const file = join(temporaryFolder(t), 'file');
  writeFileSync(file, '');
  assert.deepEqual(await launch(t, '--port', '0', '--persist', file).end(), {
    exitCode: 1,
    output: `${file} is not a folder. Choose another folder for --persist.\n`,
  });
});
