import { type ParseArgsConfig, parseArgs } from 'node:util';

/** What the command line says about the endpoint. */
export type CommandOptions = {
  readonly port: number;
  /** Folder that keeps the state across restarts, or undefined to start empty each time. */
  readonly persist: string | undefined;
  /** Names that the endpoint answers to besides its own, each with every name below it. */
  readonly allowedHosts: readonly string[];
  /** Let roles do only what their policies allow. */
  readonly iam: boolean;
  /** Watch what happens and show it at `/`. */
  readonly console: boolean;
  /** The collector that gets every span, if any. */
  readonly otlp: string | undefined;
  /** The quotas of AWS that the endpoint keeps to, divided by a number. */
  readonly limits: { readonly divisor: number } | undefined;
  /** The port at which debuggers find functions. */
  readonly inspect: number | undefined;
};

/** A command: run, or print a text and exit. */
export type Command =
  | { readonly kind: 'run'; readonly options: CommandOptions }
  | { readonly kind: 'print'; readonly text: string; readonly exitCode: 0 | 2 };

/** A mistake on the command line; the message says how to correct it. */
export class UsageError extends Error {}

/** The options of the endpoint, for `parseArgs` with `allowNegative`. */
export const endpointOptions = {
  port: { type: 'string', default: '4566' },
  persist: { type: 'string' },
  'allow-host': { type: 'string', multiple: true, default: [] },
  iam: { type: 'boolean', default: true },
  console: { type: 'boolean', default: true },
  otlp: { type: 'string' },
  inspect: { type: 'string' },
  limits: { type: 'string' },
} satisfies NonNullable<ParseArgsConfig['options']>;

/** The lines of a help text for `endpointOptions`. */
export const endpointUsage = `  --port <n>          port of the endpoint (default 4566; 0 takes a free one)
  --persist <dir>     keep tables, queues, buckets and stacks in <dir> across restarts
  --allow-host <name>
                      answer to this name too, and to those below it, such as host.docker.internal; may be given more
                      than once
  --no-iam            let every role do everything, whatever its policies say
  --no-console        record nothing of what happens, and show no page at /
  --otlp <url>        send every span to this collector as OTLP/HTTP JSON, such as http://localhost:4318
  --limits aws[/<n>]  throttle as AWS does with the default quotas of an account, divided by <n>: partitions of
                      tables, functions, APIs, queues and topics; GET /_local/limits tells what was used
  --inspect[=<port>]  let debuggers attach to functions, at <port> of 127.0.0.1 (default 9229; 0 takes a free one);
                      timeouts do not run while a function stands still at a breakpoint`;

const usage = `Starts an AWS endpoint on this machine, to deploy CloudFormation templates to and to run them.

Usage: local-aws [options]

Options:
${endpointUsage}
  --version           show the version
  --help              show this text

Clients find it with AWS_ENDPOINT_URL=http://localhost:4566. Ctrl-C stops it.`;

/** Reads the command line of `local-aws`. */
export function parseCommand(args: readonly string[], version: string): Command {
  try {
    const { values } = parseArgs({
      args: readInspect(args),
      allowNegative: true,
      options: {
        ...endpointOptions,
        version: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return { kind: 'print', text: usage, exitCode: 0 };
    if (values.version) return { kind: 'print', text: version, exitCode: 0 };
    return { kind: 'run', options: readEndpointOptions(values) };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { kind: 'print', text: `${text}\n\nRun with --help for the options.`, exitCode: 2 };
  }
}

/** Checks the values of `endpointOptions`. @throws UsageError */
export function readEndpointOptions(values: {
  readonly port: string;
  readonly persist?: string | undefined;
  readonly 'allow-host': readonly string[];
  readonly iam: boolean;
  readonly console: boolean;
  readonly otlp?: string | undefined;
  readonly inspect?: string | undefined;
  readonly limits?: string | undefined;
}): CommandOptions {
  const { port, persist, 'allow-host': allowedHosts, iam, inspect, limits, console, otlp } = values;
  if (persist === '') throw new UsageError('--persist takes the name of a folder.');
  const malformed = allowedHosts.find((name) => !isHostName(name));
  if (malformed !== undefined) {
    throw new UsageError(`--allow-host takes a name without scheme, port or wildcard, not "${malformed}".`);
  }
  if (otlp !== undefined && !/^https?:$/.test(URL.parse(otlp)?.protocol ?? '')) {
    throw new UsageError(`--otlp takes the URL of a collector, such as http://localhost:4318, not "${otlp}".`);
  }
  if (otlp !== undefined && !console)
    throw new UsageError('--otlp sends what the console records: leave out --no-console.');
  return {
    port: readPort('--port', port),
    persist,
    allowedHosts,
    iam,
    console,
    otlp,
    limits: limits === undefined ? undefined : readLimits(limits),
    inspect: inspect === undefined ? undefined : readPort('--inspect', inspect),
  };
}

/** Gives `--inspect` the default port of Node's inspector: `parseArgs` knows no options whose value may be left out. */
export function readInspect(args: readonly string[]): string[] {
  return args.map((arg) => (arg === '--inspect' ? '--inspect=9229' : arg));
}

function readLimits(text: string): { divisor: number } {
  const [, divisor = '1'] = /^aws(?:\/([1-9]\d{0,5}))?$/.exec(text) ?? [undefined, '0'];
  if (divisor === '0') {
    throw new UsageError(`--limits takes aws, or aws/<n> for quotas divided by a whole number, not "${text}".`);
  }
  return { divisor: Number(divisor) };
}

function readPort(option: string, text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new UsageError(`${option} must be a number from 0 to 65535, not "${text}".`);
  }
  return Number(text);
}

/** A DNS name, or an IPv4 address. */
function isHostName(text: string): boolean {
  return text.split('.').every((label) => /^[a-z\d_-]{1,63}$/i.test(label));
}
