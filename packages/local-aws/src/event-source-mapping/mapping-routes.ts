import * as z from 'zod';
import type { AwsRequest } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import { type RestRoute, restBody } from '../core/rest-protocol.ts';
import { describeMapping, type Mapping } from './mapping.ts';
import { constraintViolation, invalidParameter, settingsShape } from './mapping-settings.ts';
import type { MappingStore } from './mapping-store.ts';
import type { MappingRuntime } from './run-mapping.ts';

const creationSchema = z.strictObject({
  ...settingsShape,
  FunctionName: z.string(),
  EventSourceArn: z.string(),
  StartingPosition: z.string().optional(),
  Tags: z.record(z.string(), z.string()).optional(),
});
const updateSchema = z.strictObject({ ...settingsShape, FunctionName: z.string().optional() });

const path = '/2015-03-31/event-source-mappings';
const maxPage = 100;

/** The part of Lambda's REST API that manages event source mappings. */
export function mappingRoutes(mappings: MappingStore, functionOf: MappingRuntime['functionOf']): RestRoute[] {
  return [
    {
      method: 'POST',
      path,
      async handle(request) {
        const { Tags = {}, ...settings } = parse(creationSchema, request);
        return accepted(await mappings.create({ ...settings, tags: Tags }, request.region));
      },
    },
    { method: 'GET', path, handle: ({ query }) => ({ body: page(select(mappings, functionOf, query), query) }) },
    {
      method: 'GET',
      path: `${path}/{uuid}`,
      handle: (_, { uuid = '' }) => ({ body: describeMapping(mappings.get(uuid)) }),
    },
    {
      method: 'PUT',
      path: `${path}/{uuid}`,
      async handle(request, { uuid = '' }) {
        return accepted(await mappings.update(uuid, parse(updateSchema, request)));
      },
    },
    { method: 'DELETE', path: `${path}/{uuid}`, handle: (_, { uuid = '' }) => accepted(mappings.delete(uuid)) },
  ];
}

function accepted(mapping: Mapping): { status: number; body: object } {
  return { status: 202, body: describeMapping(mapping) };
}

function select(
  mappings: MappingStore,
  functionOf: MappingRuntime['functionOf'],
  query: URLSearchParams,
): readonly Mapping[] {
  const sourceArn = query.get('EventSourceArn');
  const functionName = query.get('FunctionName');
  const functionArn = functionName === null ? undefined : functionOf(functionName)?.arn;
  return mappings
    .list()
    .filter(
      (mapping) =>
        (sourceArn === null || mapping.eventSourceArn === sourceArn) &&
        (functionName === null || mapping.functionArn === functionArn),
    );
}

function page(all: readonly Mapping[], query: URLSearchParams): object {
  const from = Number(query.get('Marker') ?? 0);
  const size = Number(query.get('MaxItems') ?? maxPage);
  if (!Number.isInteger(from) || from < 0) throw invalidParameter('Invalid Marker.');
  if (!Number.isInteger(size) || size < 1) {
    throw constraintViolation(`Value '${size}' at 'maxItems'`, 'Member must have value greater than or equal to 1');
  }
  const end = from + Math.min(size, maxPage);
  return {
    EventSourceMappings: all.slice(from, end).map(describeMapping),
    ...(end < all.length && { NextMarker: String(end) }),
  };
}

function parse<T>(schema: z.ZodType<T>, request: AwsRequest): T {
  const result = schema.safeParse(restBody(request));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const member = issue?.path.join('.') ?? '';
  if (issue?.code === 'unrecognized_keys') {
    throw invalidParameter(
      `${issue.keys.join(', ')} is not supported by the local endpoint. See the support matrix of local-aws.`,
    );
  }
  if (member === 'EventSourceArn') throw invalidParameter('Unrecognized event source.');
  if (member === 'FunctionName') throw constraintViolation("Value null at 'functionName'", 'Member must not be null');
  throw new AwsError('SerializationException', `${member}: ${issue?.message ?? 'invalid'}`);
}
