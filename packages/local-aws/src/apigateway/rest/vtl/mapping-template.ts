import { spend } from './budget.ts';
import { escapeJavaScript, urlDecode, urlEncode } from './escape.ts';
import { jsonPath } from './json-path.ts';
import { parseTemplate } from './parse.ts';
import { renderTemplate } from './render.ts';
import { parseJson, toJson, toText } from './text.ts';
import { memberOf, VtlError, type VtlMap, VtlObject, type VtlValue } from './value.ts';

/** What a mapping template sees of a request or of an integration's answer. */
export type TemplateInput = {
  readonly body: string;
  readonly parameters: {
    readonly path: Readonly<Record<string, string>>;
    readonly querystring: Readonly<Record<string, string>>;
    readonly header: Readonly<Record<string, string>>;
  };
  /** `$context`; a template may write `requestOverride` and `responseOverride` into it. */
  readonly context: VtlMap;
  readonly stageVariables: Readonly<Record<string, string>>;
};

/** Renders a template. @throws VtlError */
export type MappingTemplate = (input: TemplateInput) => string;

/** The body that a template reads is not the JSON that it begins like. */
export class BodyNotJsonError extends VtlError {}

/** Parses once what is rendered for every request. @throws VtlError with line and column */
export function compileMappingTemplate(source: string): MappingTemplate {
  const template = parseTemplate(source);
  return ({ body, parameters, context, stageVariables }) =>
    renderTemplate(template, {
      input: inputObject(body, parameters),
      util,
      context,
      stageVariables: { ...stageVariables },
    });
}

const util = new VtlObject(
  {},
  {
    escapeJavaScript: ([value]) => convert(value, escapeJavaScript),
    urlEncode: ([value]) => convert(value, urlEncode),
    urlDecode: ([value]) => convert(value, urlDecode),
    base64Encode: ([value]) => convert(value, (text) => Buffer.from(text).toString('base64')),
    base64Decode: ([value]) => convert(value, (text) => Buffer.from(text, 'base64').toString('utf8')),
    parseJson: ([value]) => parseOrThrow(toText(value)),
  },
);

function convert(value: VtlValue, by: (text: string) => string): string {
  const text = toText(value);
  spend(text.length / 100);
  const converted = by(text);
  spend(0, converted.length);
  return converted;
}

function inputObject(body: string, parameters: TemplateInput['parameters']): VtlObject {
  let parsed: { readonly json: VtlValue } | undefined;
  const read = (path: VtlValue): VtlValue => {
    parsed ??= { json: parseBody(body) };
    return jsonPath(parsed.json, toText(path));
  };
  return new VtlObject(
    { body: body === '' ? '{}' : body },
    {
      json: ([path = '$']) => {
        const value = read(path);
        return value === undefined || value === null ? '""' : toJson(value);
      },
      path: ([path = '$']) => read(path),
      params: ([name]) => (name === undefined ? { ...parameters } : parameter(parameters, toText(name))),
    },
  );
}

/** The path first, then the query, then the headers, whose names have no case. */
function parameter({ path, querystring, header }: TemplateInput['parameters'], name: string): VtlValue {
  const exact = [path, querystring, header].find((map) => Object.hasOwn(map, name));
  if (exact !== undefined) return exact[name];
  const key = Object.keys(header).find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : memberOf({ ...header }, key);
}

/** A body that does not even look like JSON, such as a form, is one string. */
function parseBody(body: string): VtlValue {
  const text = body.trim();
  if (text === '') return {};
  try {
    return parseJson(text);
  } catch (error) {
    if (!/^[[{]/.test(text)) return text;
    throw new BodyNotJsonError(`Could not parse request body into json: ${messageOf(error)}`);
  }
}

function parseOrThrow(text: string): VtlValue {
  spend(text.length / 20);
  try {
    return parseJson(text);
  } catch (error) {
    throw new VtlError(`$util.parseJson: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
