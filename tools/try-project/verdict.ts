import type { CliResult } from './deploy-service.ts';

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

/** CloudFormation's report of the resource that failed first. */
const failedResource = /^(?:CREATE|UPDATE)_FAILED: (\S+) \(([^)]+)\)\n(.+)/m;

/** Tells from the exit code and the output of the CLI how a deploy ended. */
export function verdictOf({ exitCode, output }: CliResult): Verdict {
  if (exitCode === 0) return { kind: 'deploys' };
  if (exitCode === null) return { kind: 'fails', reason: 'the deploy did not end in time' };
  const [, id, type, reason = ''] = failedResource.exec(output) ?? [];
  if (id !== undefined) return { kind: 'refused', reason: `${id} (${type}): ${reason}` };
  for (const [form, describe] of needs) {
    const found = form.exec(output);
    if (found !== null) return { kind: 'needs', reason: describe(...found.slice(1)) };
  }
  const error = errorOf(output);
  return { kind: /^Template (?:format )?error: /.test(error) ? 'refused' : 'fails', reason: error };
}

/** The first paragraph under `Error:`. */
function errorOf(output: string): string {
  const [, text = ''] = /^Error:\s*\n([\s\S]*?)(?:\n\s*\n|\n {4}at |$)/m.exec(output) ?? [];
  return text.trim().replaceAll(/\s*\n\s*/g, ' ') || output.trim().split('\n').at(-1) || 'the CLI said nothing';
}
