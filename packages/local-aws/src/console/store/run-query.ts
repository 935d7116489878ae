import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AwsError } from '../../core/aws-error.ts';
import { siblingModule } from '../../core/sibling-module.ts';
import type { QueryInput, QueryResult } from '../api-types.ts';
import type { QueryAnswer } from './query-process.ts';

const limitMs = 2000;
const startLimitMs = 30_000;
const maxOutputBytes = 32 * 1024 * 1024;

/** Runs one SELECT on a copy of the store. @throws AwsError InvalidQuery, QueryTimeout */
export async function runQuery(input: QueryInput, copy: Uint8Array): Promise<QueryResult> {
  const child = spawn(process.execPath, [fileURLToPath(siblingModule(import.meta.url, 'query-process'))], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {},
  });
  const endAfter = (milliseconds: number) => setTimeout(() => child.kill('SIGKILL'), milliseconds);
  let timer = endAfter(startLimitMs);
  try {
    // Ends early when the process does.
    child.stdin.on('error', () => {});
    child.stdin.write(`${JSON.stringify(input)}\n`);
    child.stdin.end(copy);
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of child.stdout) {
      if (size === 0) {
        clearTimeout(timer);
        timer = endAfter(limitMs);
      }
      size += chunk.length;
      if (size > maxOutputBytes) throw new AwsError('InvalidQuery', 'The rows are larger than 32 MB: select less.');
      chunks.push(chunk);
    }
    // The first byte says that it has started.
    if (size <= 1) throw new AwsError('QueryTimeout', `The query did not end within ${limitMs / 1000} seconds.`, 408);
    const answer: QueryAnswer = JSON.parse(Buffer.concat(chunks).toString());
    if ('problem' in answer) throw new AwsError('InvalidQuery', answer.problem);
    return answer;
  } finally {
    clearTimeout(timer);
    child.kill('SIGKILL');
  }
}
