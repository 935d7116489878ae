import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Reads `+ <group>` and `- <group>` from its standard input. When that ends, for which the endpoint may have been killed
 * with SIGKILL, it kills the process groups that are left. A function in an endless loop would not notice the end of its
 * own channel.
 */
const guard = `groups=' '
while read -r action group; do
  case $action in
    +) groups="$groups$group " ;;
    -) groups="\${groups%% $group *} \${groups#* $group }" ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group"; done`;

/**
 * Ends the process groups of all execution environments with the endpoint, however it ends. One small shell does it for all.
 * On Windows libuv puts children into a job that ends with their parent.
 */
export class ProcessGuard {
  #shell: ChildProcess | undefined;

  add(group: number): void {
    if (process.platform === 'win32') return;
    this.#shell ??= startShell();
    this.#shell.stdin?.write(`+ ${group}\n`);
  }

  remove(group: number): void {
    this.#shell?.stdin?.write(`- ${group}\n`);
  }

  close(): void {
    this.#shell?.stdin?.end();
    this.#shell = undefined;
  }
}

function startShell(): ChildProcess {
  // A session of its own, so that Ctrl-C in the terminal does not reach it.
  const shell = spawn('/bin/sh', ['-c', guard], { env: {}, detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  shell.unref();
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  if ('unref' in shell.stdin && typeof shell.stdin.unref === 'function') shell.stdin.unref();
  return shell;
}
