import { setTimeout as pause } from 'node:timers/promises';
import { AwsError } from '../core/aws-error.ts';
import type { PendingWork } from '../core/pending-work.ts';
import type { Consumers, FindStreamEnd } from '../event-sources/consumers.ts';

export type ResetPorts = {
  readonly consumers: readonly Consumers[];
  readonly pendingStacks: () => readonly PendingWork[];
  /** The names of the functions that run. */
  readonly runningFunctions: () => readonly string[];
  /** Drops queued work: called before and after the functions that run have ended. */
  readonly dropWork: () => void;
  /** Deletes data: called when nothing runs. */
  readonly dropData: () => Promise<void>;
  readonly streamEnd: FindStreamEnd;
};

/** How long functions that run may take to end. */
const patienceMs = 30_000;

/**
 * Deletes all data and keeps the stacks. Work in progress must not write to the emptied tables, so that polling stops
 * and functions that run are waited for.
 *
 * @throws AwsError 409 while a stack is deployed, or when functions do not end
 */
export async function resetEndpoint(ports: ResetPorts): Promise<void> {
  const [stack] = ports.pendingStacks();
  if (stack !== undefined) throw new AwsError('StackInProgress', `The stack ${stack.name} is ${stack.reason}.`, 409);
  const paused = Promise.all(ports.consumers.map((consumer) => consumer.pause()));
  // Also ends the long polls of the consumers.
  ports.dropWork();
  let isPaused = false;
  void paused.then(() => {
    isPaused = true;
  });
  const deadline = performance.now() + patienceMs;
  while (!isPaused || ports.runningFunctions().length > 0) {
    if (performance.now() > deadline) {
      void paused.then(() => resumeAll(ports.consumers));
      const names = ports.runningFunctions().join(', ');
      throw new AwsError('FunctionsRunning', `Functions did not end within ${patienceMs / 1000} s: ${names}.`, 409);
    }
    await pause(5);
  }
  try {
    ports.dropWork();
    await ports.dropData();
  } finally {
    await resumeAll(ports.consumers, ports.streamEnd);
  }
}

async function resumeAll(consumers: readonly Consumers[], endOf?: FindStreamEnd): Promise<void> {
  await Promise.all(consumers.map((consumer) => consumer.resume(endOf)));
}
