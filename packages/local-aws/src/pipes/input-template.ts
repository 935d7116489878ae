import { fillTemplate } from '../core/fill-template.ts';
import { isJsonObject, type JsonValue } from '../core/json.ts';
import { valueAt } from '../core/json-path.ts';

/** The reserved variables of a template, without the `aws.pipes.` before them. */
export type PipeVariables = {
  readonly 'pipe-arn': string;
  readonly 'pipe-name': string;
  readonly 'source-arn': string;
  readonly 'enrichment-arn': string;
  readonly 'target-arn': string;
};

/** What a template makes of an event: the text as written, and the value it stands for. */
export type Rendered = { readonly text: string; readonly value: JsonValue };

const placeholder = /<(\$[^<>]*|aws\.pipes\.[a-z.-]+)>/g;

/**
 * Fills an InputTemplate with the parts of one event: `<$.path>` and `<aws.pipes.…>`. Within quotes a value is put in as
 * text, elsewhere as JSON. What the event does not have is empty within quotes and null elsewhere.
 */
export function renderTemplate(
  template: string,
  event: JsonValue,
  variables: PipeVariables,
  ingestionTime: string,
): Rendered {
  const source = withParsedBody(event);
  const isJson = /^\s*["[{]/.test(template);
  const filled = fillTemplate(template, placeholder, (name, isQuoted) => {
    const value = lookUp(name, event, source, variables, ingestionTime);
    if (`<${name}>` === template.trim() || (isJson && !isQuoted)) return JSON.stringify(value ?? null);
    return isJson ? JSON.stringify(asText(value)).slice(1, -1) : asText(value);
  });
  const text = filled.trim();
  return { text, value: parsed(text) };
}

function asText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function lookUp(
  name: string,
  event: JsonValue,
  source: JsonValue,
  variables: PipeVariables,
  ingestionTime: string,
): JsonValue | undefined {
  if (name.startsWith('$')) return valueAt(source, name);
  switch (name) {
    case 'aws.pipes.event':
      return event;
    case 'aws.pipes.event.json':
      return source;
    case 'aws.pipes.event.ingestion-time':
      return ingestionTime;
    default:
      return new Map<string, string>(Object.entries(variables)).get(name.slice('aws.pipes.'.length));
  }
}

/** Paths see into the body of a queue's message when it is JSON. */
function withParsedBody(event: JsonValue): JsonValue {
  if (!isJsonObject(event) || typeof event.body !== 'string') return event;
  return { ...event, body: parsed(event.body) };
}

function parsed(text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The part of an event at a path `$.a.b[0]`, seeing into a JSON body. */
export function readPath(path: string, event: JsonValue): JsonValue | undefined {
  return valueAt(withParsedBody(event), path);
}

/** A parameter of a target itself, or the text that it points to in the event when it is a path. */
export function textAt(parameter: string, event: JsonValue): string {
  if (!parameter.startsWith('$.')) return parameter;
  const value = readPath(parameter, event);
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

/** The names that a template uses and no pipe has. */
export function unknownVariables(template: string): string[] {
  return Array.from(template.matchAll(placeholder), ([, name = '']) => name).filter(
    (name) => !name.startsWith('$') && !known.has(name),
  );
}

const known = new Set(
  [
    'pipe-arn',
    'pipe-name',
    'source-arn',
    'enrichment-arn',
    'target-arn',
    'event',
    'event.json',
    'event.ingestion-time',
  ].map((name) => `aws.pipes.${name}`),
);
