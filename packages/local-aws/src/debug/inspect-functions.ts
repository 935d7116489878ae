import type { Clock } from '../core/clock.ts';
import { SuspendableClock } from '../core/suspendable-clock.ts';
import { type DebugServer, type DebugTarget, startDebugServer } from './debug-server.ts';
import { watchPauses } from './watch-pauses.ts';

/** What makes functions debuggable. */
export type Inspector = {
  readonly port: number;
  /** The clock of functions and of the APIs that wait for them: its timers stand still with a function. */
  readonly clock: Clock;
  /** Options of Node for the processes of functions. */
  readonly nodeOptions: readonly string[];
  /** Environment variables for them. */
  readonly variables: Readonly<Record<string, string>>;
  /** Takes in a process. @returns called when it has ended */
  add(target: DebugTarget): () => void;
  close(): Promise<void>;
};

/** Listens on `port` of 127.0.0.1 for debuggers; 0 takes a free one. */
export async function inspectFunctions(port: number, clock: Clock): Promise<Inspector> {
  const server: DebugServer = await startDebugServer(port);
  const suspendable = new SuspendableClock(clock);
  // biome-ignore lint/style/noProcessEnv: how VS Code reaches the processes that it launches
  const variables = ofVsCode(process.env);
  const isLaunched = Object.keys(variables).length > 0;
  return {
    port: server.port,
    clock: suspendable,
    // Otherwise every process would print the address of its inspector into the log of its function.
    nodeOptions: ['--inspect-publish-uid=http'],
    variables,
    add(target) {
      const { hasDebugger, remove } = server.add(target);
      watchPauses({ url: target.url, hasDebugger: () => isLaunched || hasDebugger(), hold: () => suspendable.hold() });
      return remove;
    },
    close: () => server.close(),
  };
}

/**
 * A process that VS Code launches has variables by which every process below it attaches to the debugger by itself, before
 * it runs any code. Functions see nothing else of the endpoint's environment.
 */
function ofVsCode({ VSCODE_INSPECTOR_OPTIONS, NODE_OPTIONS }: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  if (VSCODE_INSPECTOR_OPTIONS === undefined || NODE_OPTIONS === undefined) return {};
  return { VSCODE_INSPECTOR_OPTIONS, NODE_OPTIONS };
}
