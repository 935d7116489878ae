import type { CliResult } from './run-cli.ts';

/** How the deploy of a service ended. */
export type Verdict =
  | { readonly kind: 'deploys' }
  /** The endpoint, or CloudFormation on it, refused something. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The service lacks something on this machine. */
  | { readonly kind: 'needs'; readonly reason: string }
  /** The CLI or a plugin of the service failed before anything was deployed. */
  | { readonly kind: 'fails'; readonly reason: string };

/** The forms in which the CLI says that something is missing, and what to say then. */
const needs: readonly (readonly [RegExp, (...found: string[]) => string])[] = [
  [/osls plugin "([^"]+)" not found/, (name) => `the plugin ${name}: install the packages of the project first`],
  [
    /Cannot find (?:module|package) '([^']+)'/,
    (name) => `the package ${name}: install the packages of the project first`,
  ],
  [/Cannot resolve variable at "([^"]+)": (.+?)[,.]?$/m, (place, reason) => `the variable at ${place}: ${reason}`],
  [
    /version of osls[\s\S]*?does not satisfy the "frameworkVersion" \(([^)]*)\)/i,
    (version) => `the framework ${version}`,
  ],
  [/(spawn \S+ ENOENT)/, (reason) => `a program of this machine: ${reason}`],
];

/** CloudFormation's report of an export that is not there. */
const missingExport = /No export named (\S+) found/;

/** CloudFormation's report of the resource that failed first, as the Serverless CLI and as the CDK CLI print it. */
const failedResources = [
  /^(?:CREATE|UPDATE)_FAILED: (?<id>\S+) \((?<type>[^)]+)\)\n(?<reason>.+)/m,
  /\| (?:CREATE|UPDATE)_FAILED +\| (?<type>\S+) +\| .*?\((?<id>\w+)\) (?<reason>.+)/,
];

/** The messages with which CloudFormation or a service refuses a template. */
const refusal = /^Template (?:format )?error: |See the support matrix of local-aws/;

/** Tells from the exit code and the output of the CLI how a deploy ended. */
export function verdictOf({ exitCode, output }: CliResult): Verdict {
  if (exitCode === 0) return { kind: 'deploys' };
  if (exitCode === null) return { kind: 'fails', reason: 'the deploy did not end in time' };
  const [, name] = missingExport.exec(output) ?? [];
  if (name !== undefined) return { kind: 'needs', reason: `the export ${name} of another stack` };
  for (const form of failedResources) {
    const { id, type, reason } = form.exec(output)?.groups ?? {};
    if (id !== undefined) return { kind: 'refused', reason: `${id} (${type}): ${reason}` };
  }
  for (const [form, describe] of needs) {
    const found = form.exec(output);
    if (found !== null) return { kind: 'needs', reason: describe(...found.slice(1)) };
  }
  const error = errorOf(output);
  return { kind: refusal.test(error) ? 'refused' : 'fails', reason: error };
}

/** The first paragraph under `Error:`, or what follows the name of an error in its line. */
function errorOf(output: string): string {
  const [, text = ''] = /^Error:\s*\n([\s\S]*?)(?:\n\s*\n|\n {4}at |$)/m.exec(output) ?? [];
  const [, inLine = ''] = /^(?:.*\b\w*(?:Error|Exception): |«\w+» )(.+)/m.exec(output) ?? [];
  return (
    text.trim().replaceAll(/\s*\n\s*/g, ' ') || inLine || output.trim().split('\n').at(-1) || 'the CLI said nothing'
  );
}
