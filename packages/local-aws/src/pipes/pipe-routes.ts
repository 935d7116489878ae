import * as z from 'zod';
import type { AwsRequest } from '../core/aws-api.ts';
import { type RestRoute, restBody } from '../core/rest-protocol.ts';
import { describePipe, listPipe, type Pipe, summarizePipe } from './pipe.ts';
import { invalid, pipeShape } from './pipe-settings.ts';
import type { PipeStore } from './pipe-store.ts';

const tagsSchema = z.record(z.string(), z.string());
const creationSchema = z.strictObject({ ...pipeShape, Tags: tagsSchema.optional() });
const updateSchema = z.strictObject(pipeShape).omit({ Source: true }).partial();
const taggingSchema = z.strictObject({ tags: tagsSchema });

const maxPage = 100;

/** The Pipes API (REST). */
export function pipeRoutes(pipes: PipeStore): RestRoute[] {
  const path = '/v1/pipes/{name}';
  const tagsPath = '/tags/{arn+}';
  return [
    {
      method: 'POST',
      path,
      handle: (request, { name = '' }) => ({
        body: summarizePipe(pipes.create({ ...parse(creationSchema, request), Name: name }, request.region)),
      }),
    },
    { method: 'GET', path, handle: (_, { name = '' }) => ({ body: describePipe(pipes.get(name)) }) },
    {
      method: 'PUT',
      path,
      handle: (request, { name = '' }) => ({ body: summarizePipe(pipes.update(name, parse(updateSchema, request))) }),
    },
    { method: 'DELETE', path, handle: (_, { name = '' }) => ({ body: summarizePipe(pipes.delete(name)) }) },
    {
      method: 'POST',
      path: `${path}/start`,
      handle: (_, { name = '' }) => ({ body: summarizePipe(pipes.setDesiredState(name, 'RUNNING')) }),
    },
    {
      method: 'POST',
      path: `${path}/stop`,
      handle: (_, { name = '' }) => ({ body: summarizePipe(pipes.setDesiredState(name, 'STOPPED')) }),
    },
    { method: 'GET', path: '/v1/pipes', handle: ({ query }) => ({ body: page(select(pipes.list(), query), query) }) },
    {
      method: 'GET',
      path: tagsPath,
      handle: (_, { arn = '' }) => ({ body: { tags: pipes.setTags(arn, (tags) => tags).Tags } }),
    },
    {
      method: 'POST',
      path: tagsPath,
      handle(request, { arn = '' }) {
        const { tags: added } = parse(taggingSchema, request);
        pipes.setTags(arn, (tags) => ({ ...tags, ...added }));
        return { body: {} };
      },
    },
    {
      method: 'DELETE',
      path: tagsPath,
      handle({ query }, { arn = '' }) {
        const removed = new Set(query.getAll('tagKeys'));
        pipes.setTags(arn, (tags) => Object.fromEntries(Object.entries(tags).filter(([key]) => !removed.has(key))));
        return { body: {} };
      },
    },
  ];
}

function select(all: readonly Pipe[], query: URLSearchParams): Pipe[] {
  const fits = (name: string, test: (wanted: string) => boolean): boolean => {
    const wanted = query.get(name);
    return wanted === null || test(wanted);
  };
  return all.filter(
    (pipe) =>
      fits('NamePrefix', (prefix) => pipe.Name.startsWith(prefix)) &&
      fits('SourcePrefix', (prefix) => pipe.Source.startsWith(prefix)) &&
      fits('TargetPrefix', (prefix) => pipe.Target.startsWith(prefix)) &&
      fits('DesiredState', (state) => pipe.desiredState === state) &&
      fits('CurrentState', (state) => pipe.currentState === state),
  );
}

function page(pipes: readonly Pipe[], query: URLSearchParams): object {
  const from = Number(query.get('NextToken') ?? 0);
  const size = Number(query.get('Limit') ?? maxPage);
  if (!Number.isInteger(from) || from < 0) throw invalid('The NextToken is not valid.');
  if (!Number.isInteger(size) || size < 1 || size > maxPage)
    throw invalid(`The Limit must be between 1 and ${maxPage}.`);
  return {
    Pipes: pipes.slice(from, from + size).map(listPipe),
    ...(from + size < pipes.length && { NextToken: String(from + size) }),
  };
}

function parse<T>(schema: z.ZodType<T>, request: AwsRequest): T {
  const result = schema.safeParse(restBody(request));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.join('.') ?? '';
  if (issue?.code !== 'unrecognized_keys') throw invalid(`${path}: ${issue?.message ?? 'invalid'}`);
  const names = issue.keys.map((key) => (path === '' ? key : `${path}.${key}`)).join(', ');
  throw invalid(`${names} is not supported by the local endpoint. See the support matrix of local-aws.`);
}
