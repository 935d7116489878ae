import { parseArgs } from 'node:util';
import {
  type ActivityStyle,
  endpointOptions,
  endpointUsage,
  readEndpointOptions,
  readInspect,
} from 'local-aws/command';
import { type Params, parseParams } from './params.ts';

export type StartOptions = ReturnType<typeof readEndpointOptions> & {
  /** Names of services to deploy, or undefined for all. */
  readonly services: readonly string[] | undefined;
  /** Parameters of the templates, for every service. */
  readonly params: Params;
  readonly deploy: boolean;
  /** Rebuild a function as its source is saved. */
  readonly watch: boolean;
  /** What is shown of requests and functions. */
  readonly activity: ActivityStyle;
  readonly verbose: boolean;
};

/** What the command line asks for: run, or print something and leave with a status. */
export type Command =
  | { readonly kind: 'run'; readonly options: StartOptions }
  | { readonly kind: 'print'; readonly text: string; readonly exitCode: 0 | 2 };

const usage = `Runs every service on this machine: an embedded AWS endpoint, then the real deploy against it.

Usage: npm start -- [options]
       npm run dev -- [options]      the same, a function whose code is saved is live within a
                                     second, and requests, events and logs are shown

Options:
${endpointUsage}
  --services <a,b>    deploy only these services, and those they depend on
  --param <name=value>
                      a parameter of the templates, such as auth=jwt; may be given more than once
  --no-deploy         start the endpoint only
  --watch             rebuild a function as soon as its source is saved, and show requests, events and logs (what
                      \`npm run dev\` sets)
  --quiet             with --watch: show only errors
  --json              with --watch: print requests, events and logs as lines of JSON, and all else on stderr
  --verbose           show what the deploy prints
  --help              show this text

Ctrl-C stops everything.`;

/** Reads the command line; a mistake in it is a sentence on how to mend it, not an exception. */
export function parseCommand(args: readonly string[]): Command {
  try {
    const { values } = parseArgs({
      args: readInspect(args),
      allowNegative: true,
      options: {
        ...endpointOptions,
        services: { type: 'string' },
        param: { type: 'string', multiple: true, default: [] },
        deploy: { type: 'boolean', default: true },
        watch: { type: 'boolean', default: false },
        quiet: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return { kind: 'print', text: usage, exitCode: 0 };
    const endpoint = readEndpointOptions(values);
    const services = values.services?.split(',').map((name) => name.trim());
    if (services?.some((name) => name === '')) return mistake('--services takes names separated by commas.');
    const conflict = conflictOf({ ...values, services, inspect: endpoint.inspect });
    if (conflict !== undefined) return mistake(conflict);
    return {
      kind: 'run',
      options: {
        ...endpoint,
        services,
        params: parseParams(values.param),
        deploy: values.deploy,
        watch: values.watch,
        activity: activityOf(values),
        verbose: values.verbose,
      },
    };
  } catch (error) {
    return mistake(error instanceof Error ? error.message : String(error));
  }
}

type Flags = Readonly<Record<'deploy' | 'watch' | 'quiet' | 'json', boolean>> & {
  readonly services: readonly string[] | undefined;
  readonly param: readonly string[];
  /** The port of the debugger. */
  readonly inspect: number | undefined;
};

/** Options that would have no effect beside each other. */
function conflictOf({ deploy, watch, quiet, json, services, param, inspect }: Flags): string | undefined {
  const ofDeploy = [
    ...(services === undefined ? [] : ['--services']),
    ...(param.length === 0 ? [] : ['--param']),
    ...(watch ? ['--watch'] : []),
  ];
  if (!deploy && ofDeploy.length > 0) {
    return `${ofDeploy.join(' and ')}: only for a start that deploys, which --no-deploy takes away.`;
  }
  const { gradualDeployment = 'none' } = parseParams(param);
  if (gradualDeployment !== 'none' && (watch || inspect !== undefined)) {
    const option = watch ? '--watch' : '--inspect';
    return `${option} and gradualDeployment exclude each other: ${option} puts code under functions, and requests go to their aliases.`;
  }
  if (quiet && json) return '--quiet and --json exclude each other.';
  if (!watch && (quiet || json)) {
    return `${quiet ? '--quiet' : '--json'}: only with --watch, which shows requests, events and logs.`;
  }
  return undefined;
}

function activityOf({ watch, quiet, json }: Pick<Flags, 'watch' | 'quiet' | 'json'>): ActivityStyle {
  if (json) return 'json';
  return watch && !quiet ? 'text' : 'errors';
}

function mistake(text: string): Command {
  return { kind: 'print', text: `${text}\n\nRun with --help for the options.`, exitCode: 2 };
}
