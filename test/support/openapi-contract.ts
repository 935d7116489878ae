import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { default as addFormats } from 'ajv-formats';
import { parse } from 'yaml';
import * as z from 'zod';

type Answer = {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type Operation = {
  readonly operationId: string;
  readonly method: string;
  /** With its parameters in braces. */
  readonly path: string;
  readonly query: readonly { readonly name: string; readonly required: boolean }[];
  /** The examples of its body; none when it takes none. */
  readonly bodies: readonly Readonly<Record<string, unknown>>[];
};

/** A specification of `openapi/` as the judge of requests and answers. */
export type Contract = {
  /** Whether the operation takes this JSON as its body. */
  readonly acceptsBody: (operationId: string, body: unknown) => boolean;
  /** Whether the operation takes these query parameters, each as text. */
  readonly acceptsQuery: (operationId: string, query: Readonly<Record<string, string>>) => boolean;
  /** What its query parameters are when they are left out. */
  readonly queryDefaults: (operationId: string) => Readonly<Record<string, unknown>>;
  readonly operations: readonly Operation[];
  /** @throws Error unless status, headers and body are what the operation promises */
  readonly checkAnswer: (operationId: string, answer: Answer) => void;
};

const jsonSchema = z.looseObject({ type: z.string().optional(), default: z.unknown().optional() });
const jsonObject = z.record(z.string(), z.unknown());
const jsonContent = z.object({
  'application/json': z.object({
    schema: jsonSchema,
    example: jsonObject.optional(),
    examples: z.record(z.string(), z.object({ value: jsonObject })).default({}),
  }),
});
const parameter = z.object({
  name: z.string(),
  in: z.string(),
  required: z.boolean().default(false),
  schema: jsonSchema,
});
const operation = z.object({
  operationId: z.string(),
  parameters: z.array(parameter).default([]),
  requestBody: z.object({ content: jsonContent }).optional(),
  responses: z.record(
    z.string(),
    z.object({
      headers: z.record(z.string(), z.object({ required: z.boolean().default(false), schema: jsonSchema })).default({}),
      content: jsonContent.optional(),
    }),
  ),
});
const specification = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

/** @param folder of the specifications */
export function loadContract(file: string, folder = 'openapi'): Contract {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const { paths } = specification.parse(dereference(join(folder, file), []));
  const operations = new Map(
    Object.values(paths)
      .flatMap((path) => Object.values(path))
      .flatMap((candidate) => operation.safeParse(candidate).data ?? [])
      .map((found) => [found.operationId, found]),
  );
  const find = (operationId: string) => {
    const found = operations.get(operationId);
    if (found === undefined) throw new Error(`${file} has no operation ${operationId}`);
    return found;
  };
  const check = (schema: object, value: unknown, what: string): void => {
    if (!ajv.validate(schema, value)) throw new Error(`${what}: ${ajv.errorsText()}`);
  };

  return {
    operations: Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).flatMap(([method, candidate]) => {
        const { data } = operation.safeParse(candidate);
        if (data === undefined) return [];
        const { operationId, parameters, requestBody } = data;
        const { example, examples = {} } = requestBody?.content['application/json'] ?? {};
        const bodies = [...(example ? [example] : []), ...Object.values(examples).map(({ value }) => value)];
        const query = parameters.filter((each) => each.in === 'query');
        return [{ operationId, method: method.toUpperCase(), path, query, bodies }];
      }),
    ),
    acceptsBody: (operationId, body) => {
      const schema = find(operationId).requestBody?.content['application/json'].schema;
      return schema !== undefined && ajv.validate(schema, body);
    },
    acceptsQuery: (operationId, query) => {
      const declared = find(operationId).parameters.filter((parameter) => parameter.in === 'query');
      return Object.entries(query).every(([name, text]) => {
        const schema = declared.find((parameter) => parameter.name === name)?.schema;
        return schema !== undefined && ajv.validate(schema, typedValue(text, schema.type));
      });
    },
    queryDefaults: (operationId) =>
      Object.fromEntries(
        find(operationId)
          .parameters.filter((parameter) => parameter.in === 'query' && parameter.schema.default !== undefined)
          .map(({ name, schema }) => [name, schema.default]),
      ),
    checkAnswer: (operationId, { statusCode, headers, body }) => {
      const response = find(operationId).responses[String(statusCode)];
      if (response === undefined) throw new Error(`${operationId} does not promise ${statusCode}: ${body}`);
      for (const [name, { required, schema }] of Object.entries(response.headers)) {
        const value = headers[name.toLowerCase()];
        if (value !== undefined) check(schema, value, `${operationId} ${statusCode}, header ${name}`);
        else if (required) throw new Error(`${operationId} ${statusCode} lacks the header ${name}`);
      }
      const schema = response.content?.['application/json'].schema;
      if (schema !== undefined) check(schema, JSON.parse(body), `${operationId} ${statusCode}`);
      else if (body !== '') throw new Error(`${operationId} ${statusCode} promises no body: ${body}`);
    },
  };
}

/** @throws Error unless `body` is the one error body, which answers outside of every operation have too */
export function checkErrorBody(body: string): void {
  errorBody ??= new Ajv2020({ strict: false }).compile(
    jsonObject.parse(dereference(join('openapi', 'shared', 'common.yml'), ['components', 'schemas', 'Error'])),
  );
  if (!errorBody(JSON.parse(body))) throw new Error(`${JSON.stringify(errorBody.errors)} in ${body}`);
}

let errorBody: ValidateFunction | undefined;

/** A parameter is text on the wire; its schema speaks of the value that the text is written for. */
function typedValue(text: string, type: string | undefined): unknown {
  if (type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true';
  if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return text;
}

const documents = new Map<string, unknown>();
/** A file is referred to a hundred times, and takes long to parse. */
function parsed(file: string): unknown {
  if (!documents.has(file)) documents.set(file, parse(readFileSync(file, 'utf8')));
  return documents.get(file);
}

/** The value at `keys` of a YAML file with every `$ref` replaced by what it refers to. */
function dereference(file: string, keys: readonly string[]): unknown {
  const value = keys.reduce((node, key) => z.record(z.string(), z.unknown()).parse(node)[key], parsed(file));
  return inline(value, file);
}

function inline(node: unknown, file: string): unknown {
  if (Array.isArray(node)) return node.map((item) => inline(item, file));
  if (typeof node !== 'object' || node === null) return node;
  const { $ref, ...rest } = z.looseObject({ $ref: z.string().optional() }).parse(node);
  const siblings = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, inline(value, file)]));
  if ($ref === undefined) return siblings;
  const [path = '', pointer = ''] = $ref.split('#');
  const target = dereference(path === '' ? file : join(dirname(file), path), pointer.split('/').slice(1));
  return Object.assign({}, target, siblings);
}
