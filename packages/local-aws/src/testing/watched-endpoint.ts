import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { siblingModule } from '../core/sibling-module.ts';
import type { LoopReport } from './watched-endpoint-process.ts';

export type WatchedEndpoint = {
  readonly url: string;
  /** What happened on the event loop since the last report. */
  report(): Promise<LoopReport>;
  stop(): Promise<void>;
};

/** Starts an endpoint in a process of its own, whose event loop only the requests keep busy. */
export async function startWatchedEndpoint(): Promise<WatchedEndpoint> {
  const child = fork(siblingModule(import.meta.url, 'watched-endpoint-process'), { execArgv: [] });
  const ended = once(child, 'exit').then((): never => assert.fail('the endpoint ended'));
  // A stop ends it too, when nothing waits for an answer.
  ended.catch(() => undefined);
  const { url } = await answerOf(child, ended);
  return {
    url: String(url),
    report: async () => {
      child.send('report');
      const { longestTurn, errors } = await answerOf(child, ended);
      assert(Array.isArray(errors));
      return { longestTurn: Number(longestTurn), errors: errors.map(String) };
    },
    stop: async () => {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

async function answerOf(child: ChildProcess, ended: Promise<never>): Promise<Record<string, unknown>> {
  const [message]: unknown[] = await Promise.race([once(child, 'message'), ended]);
  assert(typeof message === 'object' && message !== null);
  return { ...message };
}
