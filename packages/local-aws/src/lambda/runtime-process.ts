import { type ChildProcess, spawn } from 'node:child_process';
import type { ProcessGuard } from './process-guard.ts';

export type RuntimeProcessOptions = {
  /** The runtime's entry file. */
  readonly entry: string;
  /** The directory that it starts in. */
  readonly directory: string;
  /** All of the process's environment variables. */
  readonly variables: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly guard: ProcessGuard;
  /** Further options of Node. */
  readonly nodeOptions?: readonly string[];
};

/**
 * As in Lambda: both streams are one, 1,024 files may be open, and no core is dumped. Standard input is empty; events come in
 * on descriptor 3, answers go out on 4.
 */
const shellScript = 'ulimit -n 1024; ulimit -c 0; exec "$0" "$@" 2>&1';

/** Starts a process of the runtime in a process group of its own, which the guard ends with the endpoint. */
export function startRuntimeProcess(options: RuntimeProcessOptions): ChildProcess {
  const child = spawnRuntime(options);
  const { pid } = child;
  if (pid === undefined) return child;
  options.guard.add(pid);
  child.once('exit', () => {
    // Its descendants are left in the group.
    if (process.platform !== 'win32') kill(-pid);
    options.guard.remove(pid);
  });
  return child;
}

/** Ends a process and its group, unless it has exited: another group may have its id then. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  if (process.platform === 'win32') child.kill('SIGKILL');
  else kill(-child.pid);
}

/** Lets the endpoint's process end although this child and its streams are open. */
export function unrefProcess(child: ChildProcess): void {
  child.unref();
  for (const stream of child.stdio) {
    if (stream != null && 'unref' in stream && typeof stream.unref === 'function') stream.unref();
  }
}

function kill(group: number): void {
  try {
    process.kill(group, 'SIGKILL');
  } catch {
    // All of them are gone.
  }
}

function spawnRuntime(options: RuntimeProcessOptions): ChildProcess {
  const { entry, directory, variables, memoryMb, nodeOptions = [] } = options;
  const node = [process.execPath, ...heapOptions(memoryMb, variables), ...nodeOptions, entry];
  const common = { cwd: directory, env: variables, windowsHide: true };
  if (process.platform === 'win32') {
    const [command = '', ...args] = node;
    return spawn(command, args, { ...common, stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'] });
  }
  // A session of its own: Ctrl-C in the terminal reaches the endpoint only, and signals to group 0 stay inside.
  return spawn('/bin/sh', ['-c', shellScript, ...node], {
    ...common,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore', 'pipe', 'pipe'],
  });
}

/**
 * Lambda's runtime too sizes the heap by the memory of the function, unless NODE_OPTIONS does. The young generation is
 * bounded, because it is what idle environments keep after load.
 */
function heapOptions(memoryMb: number, { NODE_OPTIONS: options = '' }: Readonly<Record<string, string>>): string[] {
  if (/max[-_](semi|old)[-_]space[-_]size/.test(options)) return [];
  return [`--max-old-space-size=${memoryMb}`, '--max-semi-space-size=4'];
}
