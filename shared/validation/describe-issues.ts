import * as z from 'zod/mini';
import type { ErrorDetail } from '../errors/app-error.ts';
import { inexactNumber } from './exact-number.ts';

// `zod/mini` comes without a locale, and says "Invalid input" of everything; messages of zod's own repeat the input.
z.config({ customError: messageOfIssue });

/** Enough for anybody to repair a request, and a bound on the answer to a hostile one. */
const maxDetails = 50;
const maxPathLength = 120;

/** All problems of a parse, one entry a field. Nothing of the input is repeated but the (shortened) names of fields. */
export function describeIssues(error: z.core.$ZodError): ErrorDetail[] {
  return error.issues.flatMap(toDetails).slice(0, maxDetails);
}

function toDetails(issue: z.core.$ZodIssue): ErrorDetail[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, maxDetails).map((key) => detail([...issue.path, key], 'is not a known field'));
  }
  return [detail(issue.path, issue.message)];
}

function detail(path: readonly PropertyKey[], message: string): ErrorDetail {
  const text = path.map(String).join('.');
  return { path: text.length > maxPathLength ? `${text.slice(0, maxPathLength)}…` : text, message };
}

/** The message of an issue whose schema gives none. */
function messageOfIssue(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === inexactNumber && issue.expected === 'number') return 'has more digits than can be kept';
      return issue.input === undefined ? 'is required' : `must be ${nounOf(issue.expected)}`;
    case 'too_small':
      return `must be at least ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `must be at most ${issue.maximum}${unitOf(issue.origin)}`;
    case 'invalid_value':
      return `must be one of: ${issue.values.join(', ')}`;
    case 'invalid_format':
      return issue.format === 'regex' ? 'has the wrong format' : `must be a valid ${issue.format}`;
    case 'unrecognized_keys':
      return 'has unknown fields';
    default:
      return 'is not valid';
  }
}

function nounOf(expected: string): string {
  if (expected === 'int') return 'an integer';
  return /^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`;
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters long';
  if (origin === 'array' || origin === 'set') return ' items long';
  return '';
}
