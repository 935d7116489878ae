import type { BuildFailure } from 'esbuild';
import type { BuildCache, FunctionDefinition } from './framework.ts';

/** The warnings of all builds, each once, as esbuild shows them. */
export async function describeWarnings(builds: BuildCache): Promise<readonly string[]> {
  const warnings = Object.values(builds).flatMap(({ result }) => result?.warnings ?? []);
  if (warnings.length === 0) return [];
  const { formatMessages } = await import('esbuild');
  return [...new Set(await formatMessages(warnings, { kind: 'warning', color: process.stderr.isTTY }))];
}

/** What cannot be bundled, with the file, or with file, line and column; `undefined` for any other error. */
export function describeFailure(
  error: unknown,
  functions: Readonly<Record<string, FunctionDefinition>>,
): string | undefined {
  if (isBuildFailure(error)) return error.message;
  // That of serverless-esbuild about a handler without a source.
  const [, name] =
    error instanceof Error ? (/^Compilation failed for function alias (\S+?)\./.exec(error.message) ?? []) : [];
  if (name === undefined) return undefined;
  const file = functions[name]?.handler?.replace(/\.[^./]*$/, '');
  return `functions.${name}.handler: there is no ${file}.ts, nor a file of that name with another extension of JavaScript or TypeScript.`;
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}
