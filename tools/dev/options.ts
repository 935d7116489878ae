import { parseArgs } from 'node:util';
import { endpointOptions, endpointUsage, readEndpointOptions } from 'local-aws/command';
import { type Params, parseParams } from './params.ts';

export type StartOptions = ReturnType<typeof readEndpointOptions> & {
  /** Names of services to deploy, or undefined for all. */
  readonly services: readonly string[] | undefined;
  /** Parameters of the templates, for every service. */
  readonly params: Params;
  readonly deploy: boolean;
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
${endpointUsage}
  --services <a,b>    deploy only these services, and those they depend on
  --param <name=value>
                      a parameter of the templates, such as auth=jwt; may be given more than once
  --no-deploy         start the endpoint only
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
        ...endpointOptions,
        services: { type: 'string' },
        param: { type: 'string', multiple: true, default: [] },
        deploy: { type: 'boolean', default: true },
        watch: { type: 'boolean', default: false },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return { kind: 'print', text: usage, exitCode: 0 };
    const endpoint = readEndpointOptions(values);
    const services = values.services?.split(',').map((name) => name.trim());
    if (services?.some((name) => name === '')) return mistake('--services takes names separated by commas.');
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
        ...endpoint,
        services,
        params: parseParams(values.param),
        deploy: values.deploy,
        watch: values.watch,
        verbose: values.verbose,
      },
    };
  } catch (error) {
    return mistake(error instanceof Error ? error.message : String(error));
  }
}

function mistake(text: string): Command {
  return { kind: 'print', text: `${text}\n\nRun with --help for the options.`, exitCode: 2 };
}
