import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A running DynamoDB engine, empty at first and kept in memory. */
export type DynamoDbEngine = AsyncDisposable & { readonly endpoint: string };

/** Starts the engine on a free port. Stop it with `await using` or `[Symbol.asyncDispose]()`. */
export async function startDynamoDbEngine(): Promise<DynamoDbEngine> {
  const binary = createRequire(import.meta.url).resolve(`@dynoxide/${process.platform}-${process.arch}/dynoxide`);
  const port = await freePort();
  const engine = spawn(binary, ['serve', '--port', String(port)], { stdio: 'ignore' });
  const exited = new Promise<void>((resolve) => engine.once('exit', () => resolve()));
  const endpoint = `http://127.0.0.1:${port}`;
  await untilItAnswers(endpoint, () => engine.exitCode !== null);
  return {
    endpoint,
    [Symbol.asyncDispose]: async () => {
      engine.kill();
      await exited;
    },
  };
}

async function untilItAnswers(endpoint: string, hasExited: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    if (hasExited()) break;
    const answered = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await sleep(10);
  }
  throw new Error(`The DynamoDB engine does not answer on ${endpoint}.`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
