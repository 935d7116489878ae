import { constants } from 'node:os';

/** Names of signals as the Go program that runs Lambda's runtimes prints them. */
const signalNames: Readonly<Record<string, string>> = {
  SIGABRT: 'aborted (core dumped)',
  SIGALRM: 'alarm clock',
  SIGBUS: 'bus error (core dumped)',
  SIGFPE: 'floating point exception (core dumped)',
  SIGHUP: 'hangup',
  SIGILL: 'illegal instruction (core dumped)',
  SIGINT: 'interrupt',
  SIGKILL: 'killed',
  SIGPIPE: 'broken pipe',
  SIGQUIT: 'quit (core dumped)',
  SIGSEGV: 'segmentation fault (core dumped)',
  SIGSYS: 'bad system call (core dumped)',
  SIGTERM: 'terminated',
  SIGTRAP: 'trace/breakpoint trap (core dumped)',
  SIGUSR1: 'user defined signal 1',
  SIGUSR2: 'user defined signal 2',
};

/** What Lambda says about a runtime that ended: `Runtime <reason>`. */
export function exitReason(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== null) {
    return `exited with error: signal: ${signalNames[signal] ?? `signal ${constants.signals[signal]}`}`;
  }
  return code === 0 ? 'exited without providing a reason' : `exited with error: exit status ${code}`;
}

export const killedForMemory = 'exited with error: signal: killed';

/** V8 aborts at the limit that it was given for the function's memory size, where the kernel of Lambda kills. */
export function isHeapExhausted(line: string): boolean {
  return line.startsWith('FATAL ERROR: ') && line.endsWith('JavaScript heap out of memory');
}

/** What the caller of an invocation gets that ended with its environment. */
export function errorPayload(errorType: string, requestId: string, reason: string): Buffer {
  return Buffer.from(JSON.stringify({ errorType, errorMessage: `RequestId: ${requestId} Error: ${reason}` }));
}
