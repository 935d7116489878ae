// By name: `z.core` would bring the whole of zod's core into each bundle.
import { $ZodError } from 'zod/v4/core';
import { describeIssues } from '../validation/describe-issues.ts';

/** The description of a failure for a log: its kind and, if a value did not fit its schema, what is wrong where. */
type FailureDescription = { readonly reason: string; readonly problems?: readonly string[] };

const maxProblems = 5;

/** Describes a thrown value without repeating data, which messages of errors may contain. */
export function describeFailure(thrown: unknown): FailureDescription {
  if (thrown instanceof $ZodError) return { reason: 'InvalidData', problems: problemsOf(thrown) };
  return { reason: thrown instanceof Error ? thrown.name : 'unknown' };
}

/** The problems of a value, each with its path, as `NewImage.PK is required`. */
export function problemsOf(error: $ZodError): readonly string[] {
  return describeIssues(error)
    .slice(0, maxProblems)
    .map(({ path, message }) => (path === '' ? `the value ${message}` : `${path} ${message}`));
}
