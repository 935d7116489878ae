import { parseDocument, type ScalarTag, type SchemaOptions, type Tags } from 'yaml';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { templateError } from './template-error.ts';

const shortForms = [
  'And',
  'Base64',
  'Cidr',
  'Equals',
  'FindInMap',
  'ForEach',
  'GetAZs',
  'If',
  'ImportValue',
  'Join',
  'Length',
  'Not',
  'Or',
  'Select',
  'Split',
  'Sub',
  'ToJsonString',
  'Transform',
];

/** YAML 1.1 types that CloudFormation does not read: `2010-09-09` stays text. Booleans are below. */
const refusedTags = new Set(['bool', 'timestamp', 'binary', 'omap', 'pairs', 'set', 'merge']);

/** `yes` and `on` are true, but `y` is a letter. */
const booleanTag: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  test: /^(?:true|True|TRUE|yes|Yes|YES|on|On|ON|false|False|FALSE|no|No|NO|off|Off|OFF)$/,
  resolve: (text) => /^(?:true|yes|on)$/i.test(text),
};

/** Far above any real template, far below what would exhaust the stack. */
const maxDepth = 150;

const intrinsicTags: Tags = [
  ...shortForms.flatMap((name) => intrinsicTag(`!${name}`, `Fn::${name}`)),
  ...intrinsicTag('!Ref', 'Ref'),
  ...intrinsicTag('!Condition', 'Condition'),
  ...intrinsicTag('!GetAtt', 'Fn::GetAtt'),
];

/** Each tag for text, lists and maps alike: a short form takes whatever its long form takes. */
function intrinsicTag(tag: string, name: string): Tags {
  const wrap = (value: unknown): object => ({ [name]: value });
  return [
    { tag, resolve: (text: string) => wrap(text) },
    { tag, collection: 'seq', resolve: (items) => wrap(plain(items)) },
    { tag, collection: 'map', resolve: (map) => wrap(plain(map)) },
  ];
}

function plain(node: { toJSON(): unknown }): unknown {
  return node.toJSON();
}

/**
 * Reads a template, JSON or YAML with CloudFormation's short forms, into its long form.
 * @throws AwsError ValidationError
 */
export function parseTemplateText(text: string): JsonObject {
  const value = text.trimStart().startsWith('{') ? parseJson(text) : parseYaml(text);
  if (!isJsonObject(value)) throw templateError('Template format error: unsupported structure.');
  return value;
}

function parseJson(text: string): JsonValue {
  try {
    return checkDepth(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const [, line = '1', column = '1'] = /line (\d+) column (\d+)/.exec(error.message) ?? [];
    throw templateError(`Template format error: JSON not well-formed. (line ${line}, column ${column})`);
  }
}

function parseYaml(text: string): JsonValue {
  const customTags: SchemaOptions['customTags'] = (tags) => [
    ...tags.filter(
      (tag) =>
        typeof tag === 'string' || !(refusedTags.has(tagName(tag.tag)) || ('format' in tag && tag.format === 'TIME')),
    ),
    booleanTag,
    ...intrinsicTags,
  ];
  let value: unknown;
  try {
    const document = parseDocument(text, { version: '1.1', customTags, merge: false, stringKeys: true });
    const problem = document.errors[0] ?? document.warnings[0];
    if (problem !== undefined) throw problem;
    value = document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    // Malformed YAML, an unknown tag, an alias, or nesting so deep that the parser gave up.
    throw templateError(`Template format error: YAML not well-formed. (${firstLine(error)})`);
  }
  return checkDepth(value);
}

function tagName(tag: string): string {
  return tag.replace('tag:yaml.org,2002:', '');
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}

/** Also turns what YAML can say and JSON cannot (NaN, dates) into JSON. */
function checkDepth(value: unknown): JsonValue {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) throw templateError('Template format error: the template is nested too deeply.');
    level = level.flatMap((node) => (typeof node === 'object' && node !== null ? Object.values(node) : []));
  }
  return JSON.parse(JSON.stringify(value ?? null));
}
