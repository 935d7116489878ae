import { fillTemplate } from '../core/fill-template.ts';
import type { JsonValue } from '../core/json.ts';
import { valueAt } from '../core/json-path.ts';
import { parseJson } from '../core/parse-json.ts';
import type { BusEvent } from './bus-event.ts';
import { eventsError } from './events-error.ts';
import type { Target } from './rule.ts';

type Transformer = NonNullable<Target['InputTransformer']>;
/** The rule whose target is filled, and the time at which the event came in. */
export type TransformFacts = {
  readonly ruleArn: string;
  readonly ruleName: string;
  readonly ingestionTime: string;
};

const placeholder = /<([\w.-]+)>/g;
const maxVariables = 100;
const reserved = new Set(
  ['rule-arn', 'rule-name', 'event', 'event.json', 'event.ingestion-time'].map((name) => `aws.events.${name}`),
);

/** @throws AwsError ValidationException */
export function checkTransformer(id: string, { InputPathsMap = {}, InputTemplate }: Transformer): void {
  const names = Object.keys(InputPathsMap);
  if (names.length > maxVariables) throw eventsError.validation(`InputPathsMap for target ${id} has too many entries.`);
  for (const [name, path] of Object.entries(InputPathsMap)) {
    if (name.startsWith('AWS') || !path.startsWith('$')) {
      throw eventsError.validation(`InputPathsMap for target ${id} contains invalid entry ${name}.`);
    }
  }
  for (const [, name = ''] of InputTemplate.matchAll(placeholder)) {
    if (!Object.hasOwn(InputPathsMap, name) && !reserved.has(name)) {
      throw eventsError.validation(`InputTemplate for target ${id} contains invalid placeholder ${name}.`);
    }
  }
  if (!/^\s*["{[<\d]/.test(InputTemplate)) {
    throw eventsError.validation(`Invalid InputTemplate for target ${id} : it must be JSON, or text in quotes.`);
  }
}

/**
 * Fills an InputTemplate. In JSON an unquoted value is put in as JSON, and one that the event does not have as `""`.
 * Text in quotes stays in quotes; objects and lists in it lose theirs.
 *
 * @throws AwsError ValidationException when a JSON template is no JSON once filled, as with an object in quotes
 */
export function transformInput(
  { InputPathsMap = {}, InputTemplate }: Transformer,
  event: BusEvent,
  facts: TransformFacts,
): string {
  const isText = InputTemplate.trimStart().startsWith('"');
  const filled = fillTemplate(InputTemplate, placeholder, (name, isQuoted) => {
    const path = Object.hasOwn(InputPathsMap, name) ? InputPathsMap[name] : undefined;
    const value = path === undefined ? reservedValue(name, event, facts) : valueAt(event, path);
    if (!isQuoted) return JSON.stringify(value ?? '');
    if (typeof value === 'string') return JSON.stringify(value).slice(1, -1);
    const text = value === undefined ? '' : JSON.stringify(value);
    return isText ? text.replaceAll('"', '') : text;
  }).trim();
  if (!isText && parseJson(filled) === undefined) {
    throw eventsError.validation(`The filled InputTemplate is not JSON: ${filled.slice(0, 200)}`);
  }
  return filled;
}

function reservedValue(name: string, event: BusEvent, { ruleArn, ruleName, ingestionTime }: TransformFacts): JsonValue {
  switch (name.slice('aws.events.'.length)) {
    case 'rule-arn':
      return ruleArn;
    case 'rule-name':
      return ruleName;
    case 'event.ingestion-time':
      return ingestionTime;
    case 'event.json':
      return event;
    default: {
      const { detail: _, 'detail-type': detailType, ...rest } = event;
      return { ...rest, detailType };
    }
  }
}
