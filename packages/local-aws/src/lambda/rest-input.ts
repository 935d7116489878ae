import type * as z from 'zod';
import type { AwsRequest } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import { restBody } from '../core/rest-protocol.ts';

/** The body of a call, parsed. @throws AwsError naming every member that is unknown here or has the wrong type */
export function readInput<T>(request: AwsRequest, schema: z.ZodType<T>): T {
  return parseInput(restBody(request), schema);
}

/** As `readInput`, of an input that has been read already. */
export function parseInput<T>(input: object, schema: z.ZodType<T>): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const unknown = result.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key].join('.')) : [],
  );
  if (unknown.length > 0) {
    throw invalidParameter(
      `The local endpoint does not support ${unknown.join(', ')}. See the support matrix of local-aws.`,
    );
  }
  const [issue] = result.error.issues;
  throw new AwsError('SerializationException', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid input'}`);
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message, 400, { Type: 'User' });
}

export function queryOf(request: AwsRequest, name: string): string | undefined {
  return request.query.get(name) ?? undefined;
}

/** One page of a list, by `MaxItems` and an opaque `Marker`. */
export function pageOf<T>(request: AwsRequest, items: readonly T[]): { page: T[]; marker: { NextMarker?: string } } {
  const size = pageSize(request);
  const start = boundedInteger(decodeMarker(queryOf(request, 'Marker')), 0, Number.MAX_SAFE_INTEGER);
  const end = start + size;
  const marker = end < items.length ? { NextMarker: Buffer.from(String(end)).toString('base64url') } : {};
  return { page: items.slice(start, end), marker };
}

/** The marker of the page that begins after the item called `last`. */
export function nameMarker(last: string | undefined): { NextMarker?: string } {
  return last === undefined ? {} : { NextMarker: Buffer.from(`after:${last}`).toString('base64url') };
}

/** The name that such a marker stands for. @throws AwsError InvalidParameterValueException */
export function nameAfter(request: AwsRequest): string | undefined {
  const marker = decodeMarker(queryOf(request, 'Marker'));
  if (marker === undefined) return undefined;
  if (!marker.startsWith('after:')) throw invalidParameter('Invalid page parameters.');
  return marker.slice('after:'.length);
}

/** The number of items that a caller wants. @throws AwsError InvalidParameterValueException */
export function pageSize(request: AwsRequest): number {
  return Math.max(1, boundedInteger(queryOf(request, 'MaxItems'), 50, 10_000));
}

function decodeMarker(marker: string | undefined): string | undefined {
  return marker === undefined ? undefined : Buffer.from(marker, 'base64url').toString();
}

function boundedInteger(text: string | undefined, fallback: number, maximum: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > maximum) throw invalidParameter('Invalid page parameters.');
  return value;
}
