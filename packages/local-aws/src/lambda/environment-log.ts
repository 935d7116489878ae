import { randomBytes } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import type { LogSink } from '../core/log-sink.ts';
import type { Outcome } from './environment.ts';
import type { FunctionVersion } from './function-record.ts';
import type { InitializationType, MayWriteLog } from './start-environment.ts';

type Phase = { readonly requestId: string; readonly outcome: Outcome; readonly initDuration: number | undefined };

const tailBytes = 4096;
const runtimeVersion = 'nodejs:24.v1';

export type EnvironmentLogOptions = {
  readonly clock: Clock;
  readonly sink: LogSink;
  readonly version: FunctionVersion;
  readonly initializationType: InitializationType;
  readonly mayWrite: MayWriteLog;
};

/** The log stream of one execution environment: what the function prints, and the platform's own records around it. */
export class EnvironmentLog {
  readonly stream: string;
  readonly #clock: Clock;
  /** Undefined when the function's role may not write logs; callers still get the tail. */
  readonly #sink: LogSink | undefined;
  readonly #version: FunctionVersion;
  readonly #initializationType: InitializationType;
  #tail: string[] = [];
  #tailLength = 0;

  constructor({ clock, sink, version, initializationType, mayWrite }: EnvironmentLogOptions) {
    this.#clock = clock;
    this.#version = version;
    this.#initializationType = initializationType;
    const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
    this.stream = `${day}/[${version.version}]${randomBytes(16).toString('hex')}`;
    const { role: roleArn, functionName, logging } = version;
    const isAllowed = mayWrite({ roleArn, functionName, group: logging.group, stream: this.stream });
    this.#sink = isAllowed ? sink : undefined;
  }

  write(messages: readonly string[]): void {
    const timestamp = this.#clock.now();
    const events = messages.map((message) => ({ timestamp, message }));
    this.#sink?.append(this.#version.logging.group, this.stream, events);
    for (const message of messages.slice(-tailBytes)) {
      this.#tail.push(message);
      this.#tailLength += message.length;
    }
    let start = 0;
    while (this.#tailLength - (this.#tail[start]?.length ?? 0) > tailBytes) {
      this.#tailLength -= this.#tail[start]?.length ?? 0;
      start += 1;
    }
    if (start > 0) this.#tail = this.#tail.slice(start);
  }

  /** The last 4 KB of what was written since the last call. */
  takeTail(): string {
    const text = this.#tail.join('');
    this.#tail = [];
    this.#tailLength = 0;
    return text.length * 3 <= tailBytes ? text : Buffer.from(text).subarray(-tailBytes).toString();
  }

  initStart(): void {
    if (this.#version.logging.format === 'Text') {
      this.write([
        `INIT_START Runtime Version: ${runtimeVersion}\tRuntime Version ARN: ${runtimeArn(this.#version)}\n`,
      ]);
      return;
    }
    this.#platform('INFO', 'initStart', {
      initializationType: this.#initializationType,
      phase: 'init',
      runtimeVersion,
      runtimeVersionArn: runtimeArn(this.#version),
      functionName: this.#version.functionName,
      functionVersion: this.#version.version,
    });
  }

  start(requestId: string): void {
    const { version } = this.#version;
    if (this.#version.logging.format === 'Text') this.write([`START RequestId: ${requestId} Version: ${version}\n`]);
    else this.#platform('INFO', 'start', { requestId, version });
  }

  end(phase: Phase): void {
    if (phase.outcome.kind === 'rejected') return;
    if (this.#version.logging.format === 'Text') this.#textEnd(phase);
    else this.#jsonEnd(phase);
  }

  #textEnd({ requestId, outcome, initDuration }: Phase): void {
    const fields = [
      `REPORT RequestId: ${requestId}`,
      `Duration: ${outcome.duration.toFixed(2)} ms`,
      `Billed Duration: ${billed(outcome.duration, initDuration)} ms`,
      `Memory Size: ${this.#version.memorySize} MB`,
      `Max Memory Used: ${megabytes(outcome.memoryBytes)} MB`,
      ...(initDuration === undefined ? [] : [`Init Duration: ${initDuration.toFixed(2)} ms`]),
      ...(outcome.kind === 'success' || outcome.errorType === undefined ? [] : statusFields(outcome)),
    ];
    this.write([`END RequestId: ${requestId}\n`, `${fields.join('\t')}\t\n`]);
  }

  #jsonEnd({ requestId, outcome, initDuration }: Phase): void {
    const status =
      outcome.kind === 'success' ? { status: 'success' } : { status: outcome.kind, ...errorTypeOf(outcome) };
    const level = outcome.kind === 'success' ? 'INFO' : 'WARN';
    const durationMs = Number(outcome.duration.toFixed(3));
    this.#platform(level === 'INFO' ? 'DEBUG' : level, 'runtimeDone', {
      requestId,
      ...status,
      metrics: { durationMs },
    });
    this.#platform(level, 'report', {
      requestId,
      metrics: {
        durationMs,
        billedDurationMs: billed(outcome.duration, initDuration),
        memorySizeMB: this.#version.memorySize,
        maxMemoryUsedMB: megabytes(outcome.memoryBytes),
        ...(initDuration === undefined ? {} : { initDurationMs: Number(initDuration.toFixed(3)) }),
      },
      ...status,
    });
  }

  #platform(level: 'DEBUG' | 'INFO' | 'WARN', type: string, record: object): void {
    const levels = ['DEBUG', 'INFO', 'WARN'];
    if (levels.indexOf(level) < levels.indexOf(this.#version.logging.systemLevel)) return;
    const time = new Date(this.#clock.now()).toISOString();
    this.write([`${JSON.stringify({ time, type: `platform.${type}`, record })}\n`]);
  }
}

export function runtimeArn({ functionArn }: FunctionVersion): string {
  const region = functionArn.split(':')[3] ?? '';
  return `arn:aws:lambda:${region}::runtime:${'0'.repeat(64)}`;
}

/** Since August 2025 the INIT phase is billed too. */
function billed(duration: number, initDuration = 0): number {
  return Math.ceil(duration + initDuration);
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1024 / 1024);
}

function statusFields(outcome: Outcome): string[] {
  return outcome.kind === 'timeout' ? ['Status: timeout'] : ['Status: error', `Error Type: ${outcome.errorType}`];
}

function errorTypeOf({ errorType }: Outcome): object {
  return errorType === undefined ? {} : { errorType };
}
