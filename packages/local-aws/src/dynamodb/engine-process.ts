import { type ChildProcess, spawn } from 'node:child_process';
import { type EngineAddress, freeEngineAddress } from './engine-address.ts';

export type EngineProcessOptions = {
  readonly binary: string;
  /** The SQLite file; its folder has to exist. */
  readonly databaseFile: string;
  /** Called with the reason when the engine ends by itself. */
  readonly onExit: (reason: string) => void;
  /** Where to listen. By default an address that no web page can reach. */
  readonly address?: EngineAddress;
};

export type EngineProcess = {
  readonly pid: number;
  readonly address: EngineAddress;
  close(): Promise<void>;
};

/**
 * The engine does not watch its parent. A shell that becomes the engine leaves behind a reader of standard input,
 * which ends the engine as soon as the pipe breaks, even when this process was killed with SIGKILL.
 * On Windows libuv puts children into a job that ends with their parent.
 */
const watchedByShell = 'exec 3<&0; (read -r line <&3 || kill $$) >/dev/null 2>&1 & exec "$0" "$@" 3<&- </dev/null';

const startAttempts = 3;
const startTimeout = 10_000;

/** Starts one engine. @throws Error with the engine's output when it does not start */
export async function startEngineProcess(options: EngineProcessOptions): Promise<EngineProcess> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(options, options.address ?? (await freeEngineAddress()));
    } catch (error) {
      // Another process may have taken the port in between: the engine cannot pick one by itself.
      const isPortTaken = error instanceof Error && /in use/i.test(error.message);
      if (!isPortTaken || attempt === startAttempts) throw error;
    }
  }
}

function start({ binary, databaseFile, onExit }: EngineProcessOptions, address: EngineAddress): Promise<EngineProcess> {
  const { host, port } = address;
  const child = spawnWatched(binary, ['serve', '--host', host, '--port', String(port), '--db-path', databaseFile]);
  let output = '';
  let phase: 'starting' | 'running' | 'closing' = 'starting';
  let hasExited = false;

  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail('did not get ready in time'), startTimeout);
    const exited = new Promise<void>((resolveExit) => child.once('close', () => resolveExit()));
    const fail = (reason: string): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`The DynamoDB engine ${reason}. ${output.trim()}`.trim()));
    };
    const close = async (): Promise<void> => {
      if (!hasExited) {
        phase = 'closing';
        release(child);
        child.kill('SIGTERM');
        const force = setTimeout(() => child.kill('SIGKILL'), 2000);
        await exited;
        clearTimeout(force);
      }
    };
    const read = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-4096);
      if (phase !== 'starting' || !/listening on .*\n/.test(output)) return;
      phase = 'running';
      // Only what the engine says at its end is of interest later.
      output = '';
      clearTimeout(timer);
      letGo(child);
      resolve({ pid: child.pid ?? 0, address, close });
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', (error) => fail(`could not be started: ${error.message}`));
    child.once('close', (code, signal) => {
      hasExited = true;
      const reason = `ended (${signal ?? `exit code ${code}`})`;
      release(child);
      if (phase === 'starting') fail(reason);
      else if (phase === 'running') onExit(`The DynamoDB engine ${reason}. ${output.trim()}`.trim());
    });
  });
}

function spawnWatched(binary: string, parameters: readonly string[]): ChildProcess {
  return process.platform === 'win32'
    ? spawn(binary, parameters, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true })
    : // A session of its own, so that Ctrl-C in the terminal reaches it through this process only.
      spawn('/bin/sh', ['-c', watchedByShell, binary, ...parameters], { detached: true });
}

/** Tells the reader of standard input that this is an orderly end, so that it kills no process that reuses the id. */
function release(child: ChildProcess): void {
  if (child.stdin?.writable) child.stdin.end('done\n');
}

/** Keeps neither the child nor its pipes from letting this process end by itself. */
function letGo(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr]) {
    if (stream !== null && 'unref' in stream && typeof stream.unref === 'function') stream.unref();
  }
  child.stdin?.on('error', () => {});
}
