import type { BuildFailure } from 'esbuild';
import type { BuildCache } from './framework.ts';

/** The warnings of all builds, each once, as esbuild shows them. */
export async function describeWarnings(builds: BuildCache): Promise<readonly string[]> {
  const warnings = Object.values(builds).flatMap(({ result }) => result?.warnings ?? []);
  if (warnings.length === 0) return [];
  const { formatMessages } = await import('esbuild');
  return [...new Set(await formatMessages(warnings, { kind: 'warning', color: process.stderr.isTTY }))];
}

/** What cannot be bundled, with file, line and column; `undefined` for any other error. */
export function describeFailure(error: unknown): string | undefined {
  if (isBuildFailure(error)) return error.message;
  // That of serverless-esbuild about a handler without a source.
  const [, name] =
    error instanceof Error ? (/^Compilation failed for function alias (\S+?)\./.exec(error.message) ?? []) : [];
  return name === undefined ? undefined : `functions.${name}: the file of its handler does not exist.`;
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}
