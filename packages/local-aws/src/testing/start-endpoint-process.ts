import { fork } from 'node:child_process';
import { once } from 'node:events';
import * as z from 'zod';
import { siblingModule } from '../core/sibling-module.ts';

export type ProcessOptions = {
  /** Whether roles may do only what their policies allow; true by default. */
  readonly iam?: boolean;
  /** The folder that keeps the state; by default nothing is kept. */
  readonly persist?: string;
  readonly allowedHosts?: readonly string[];
  /** Throttles by the quotas of an AWS account, each divided by `divisor`; by default not at all. */
  readonly limits?: { readonly divisor: number };
};

export type EndpointProcess = { readonly url: string; stop(): Promise<void> };

const startedSchema = z.object({ url: z.string() });

/**
 * Starts an endpoint on a free port, in a process of its own: it does not share the event loop of the tests, nor the
 * module registry and the globals that a test runner replaces.
 */
export async function startEndpointProcess(options: ProcessOptions = {}): Promise<EndpointProcess> {
  const child = fork(siblingModule(import.meta.url, 'endpoint-process'), [JSON.stringify(options)], { execArgv: [] });
  const exited = once(child, 'exit');
  const failed = exited.then(([code]) => {
    throw new Error(`The process of the endpoint ended with exit code ${code}. Its error is above.`);
  });
  failed.catch(() => undefined);
  const [message]: unknown[] = await Promise.race([once(child, 'message'), failed]);
  return {
    url: startedSchema.parse(message).url,
    async stop() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
