import { parseArgs } from 'node:util';
import { type Params, parseParams } from './params.ts';

export type StartOptions = {
  readonly port: number;
  /** Names of services to deploy, or undefined for all. */
  readonly services: readonly string[] | undefined;
  /** Parameters of the templates, for every service. */
  readonly params: Params;
  /** Folder that keeps the state across restarts, or undefined to start empty each time. */
  readonly persist: string | undefined;
  /** Names that the endpoint answers to besides its own, each with every name below it. */
  readonly allowedHosts: readonly string[];
  readonly deploy: boolean;
  /** Let roles do only what their policies allow. */
  readonly iam: boolean;
  /** Rebuild a function as its source is saved. */
  readonly watch: boolean;
  readonly verbose: boolean;
};

/** What the command line asks for: run, or print something and leave with a status. */
export type Command =
  | { readonly kind: 'run'; readonly options: StartOptions }
  | { readonly kind: 'print'; readonly text: string; readonly exitCode: 0 | 2 };

const usage = `Runs every service on this machine: an embedded AWS endpoint, then the real deploy against it.

Usage: npm start -- [options]
       npm run dev -- [options]      the same, and a function whose code is saved is live within a second

Options:
  --port <n>          port of the endpoint (default 4566; 0 takes a free one)
  --services <a,b>    deploy only these services, and those they depend on
  --param <name=value>
                      a parameter of the templates, such as auth=jwt; may be given more than once
  --persist <dir>     keep tables, queues, buckets and stacks in <dir> across restarts
  --allow-host <name>
                      answer to this name too, and to those below it, such as host.docker.internal; may be given more
                      than once
  --no-deploy         start the endpoint only
  --no-iam            let every role do everything, whatever its policies say
  --watch             rebuild a function as soon as its source is saved (what \`npm run dev\` sets)
  --verbose           show what the deploy prints
  --help              show this text

Ctrl-C stops everything.`;

/** Reads the command line; a mistake in it is a sentence on how to mend it, not an exception. */
export function parseCommand(args: readonly string[]): Command {
  try {
    const { values } = parseArgs({
      args: [...args],
      allowNegative: true,
      options: {
        port: { type: 'string', default: '4566' },
        services: { type: 'string' },
        param: { type: 'string', multiple: true, default: [] },
        persist: { type: 'string' },
        'allow-host': { type: 'string', multiple: true, default: [] },
        deploy: { type: 'boolean', default: true },
        iam: { type: 'boolean', default: true },
        watch: { type: 'boolean', default: false },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return { kind: 'print', text: usage, exitCode: 0 };
    if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535) {
      return mistake(`--port must be a number from 0 to 65535, not "${values.port}".`);
    }
    const services = values.services?.split(',').map((name) => name.trim());
    if (services?.some((name) => name === '')) return mistake('--services takes names separated by commas.');
    if (values.persist === '') return mistake('--persist takes the name of a folder.');
    const malformed = values['allow-host'].find((name) => !isHostName(name));
    if (malformed !== undefined) {
      return mistake(`--allow-host takes a name without scheme, port or wildcard, not "${malformed}".`);
    }
    if (!values.deploy) {
      const ignored = [
        ...(services === undefined ? [] : ['--services']),
        ...(values.param.length === 0 ? [] : ['--param']),
        ...(values.watch ? ['--watch'] : []),
      ];
      if (ignored.length > 0) {
        return mistake(`${ignored.join(' and ')}: only for a start that deploys, which --no-deploy takes away.`);
      }
    }
    return {
      kind: 'run',
      options: {
        port: Number(values.port),
        services,
        params: parseParams(values.param),
        persist: values.persist,
        allowedHosts: values['allow-host'],
        deploy: values.deploy,
        iam: values.iam,
        watch: values.watch,
        verbose: values.verbose,
      },
    };
  } catch (error) {
    return mistake(error instanceof Error ? error.message : String(error));
  }
}

/** A DNS name, or an IPv4 address. */
function isHostName(text: string): boolean {
  return text.split('.').every((label) => /^[a-z\d_-]{1,63}$/i.test(label));
}

function mistake(text: string): Command {
  return { kind: 'print', text: `${text}\n\nRun with --help for the options.`, exitCode: 2 };
}
