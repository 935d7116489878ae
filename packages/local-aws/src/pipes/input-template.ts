import { isJsonObject, type JsonValue } from '../core/json.ts';

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
  let isQuoted = false;
  let text = '';
  let from = 0;
  for (const match of template.matchAll(placeholder)) {
    const literal = template.slice(from, match.index);
    isQuoted = endsQuoted(literal, isQuoted);
    const value = lookUp(match[1] ?? '', event, source, variables, ingestionTime);
    text += literal;
    if (match[0] === template.trim() || (isJson && !isQuoted)) text += JSON.stringify(value ?? null);
    else text += isJson ? JSON.stringify(asText(value)).slice(1, -1) : asText(value);
    from = match.index + match[0].length;
  }
  text = (text + template.slice(from)).trim();
  return { text, value: parsed(text) };
}

/** Whether a JSON text is within a string after `literal`. */
function endsQuoted(literal: string, isQuoted: boolean): boolean {
  const quotes = literal.replaceAll(/\\./gs, '').split('"').length - 1;
  return quotes % 2 === 0 ? isQuoted : !isQuoted;
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

function valueAt(event: JsonValue, path: string): JsonValue | undefined {
  const steps = Array.from(path.matchAll(/\.([\w-]+|\*)|\[(\d+|\*)\]|\['([^']*)'\]/g), ([, name, index, quoted]) =>
    String(name ?? index ?? quoted),
  );
  return follow(event, steps);
}

function follow(value: JsonValue | undefined, [step, ...rest]: readonly string[]): JsonValue | undefined {
  if (step === undefined || value === undefined) return value;
  if (step === '*') {
    const members = Array.isArray(value) ? value : isJsonObject(value) ? Object.values(value) : [];
    return members.map((member) => follow(member, rest)).filter((member) => member !== undefined);
  }
  if (Array.isArray(value)) return /^\d+$/.test(step) ? follow(value[Number(step)], rest) : undefined;
  return isJsonObject(value) && Object.hasOwn(value, step) ? follow(value[step], rest) : undefined;
}

/** The part of an event at a path `$.a.b[0]`, seeing into a JSON body. */
export function readPath(path: string, event: JsonValue): JsonValue | undefined {
  return valueAt(withParsedBody(event), path);
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
