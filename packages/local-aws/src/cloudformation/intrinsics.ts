import { isJsonObject, type JsonValue } from '../core/json.ts';
import { cidrBlocks } from './cidr.ts';
import { parameterReference } from './parameters.ts';
import type { Resolver } from './resolver.ts';
import { languageExtensions } from './template.ts';
import { templateError } from './template-error.ts';

type Intrinsic = (argument: JsonValue, resolver: Resolver) => JsonValue | undefined;
/** @param evaluate evaluates an operand with the functions that the expression around it may use */
type ConditionFunction = (
  argument: JsonValue,
  resolver: Resolver,
  evaluate: (expression: JsonValue) => boolean,
) => boolean;

/** The call that a value of a template is, if it is one: an object with the function's name as its only member. */
export function intrinsicOf(value: JsonValue): { readonly name: string; readonly argument: JsonValue } | undefined {
  if (!isJsonObject(value)) return undefined;
  const [name = '', ...rest] = Object.keys(value);
  if (rest.length === 0) {
    return name === 'Ref' || name.startsWith('Fn::') ? { name, argument: value[name] ?? null } : undefined;
  }
  const misplaced = [name, ...rest].find((key) => key.startsWith('Fn::'));
  if (misplaced !== undefined) {
    throw templateError(`Template error: ${misplaced} must be the only member of its object.`);
  }
  return undefined;
}

/** `Logical.Attribute.Nested`, or the list form; the attribute of the list form may itself be a call. */
export function getAttTarget(argument: JsonValue): { readonly logicalId: string; readonly attribute: JsonValue } {
  if (typeof argument === 'string') {
    const dot = argument.indexOf('.');
    if (dot > 0) return { logicalId: argument.slice(0, dot), attribute: argument.slice(dot + 1) };
  }
  if (Array.isArray(argument) && argument.length === 2) {
    const [logicalId, attribute] = argument;
    if (typeof logicalId === 'string' && attribute !== undefined) return { logicalId, attribute };
  }
  throw templateError(
    'Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute',
  );
}

/** The text of an `Fn::Sub` with the variables of its list form. */
export function subArgument(argument: JsonValue): {
  readonly text: string;
  readonly variables: Map<string, JsonValue>;
} {
  if (typeof argument === 'string') return { text: argument, variables: new Map() };
  const [text, variables, ...rest] = Array.isArray(argument) ? argument : [];
  if (typeof text !== 'string' || !isJsonObject(variables ?? null) || rest.length > 0) {
    throw templateError(
      'Template error: One or more Fn::Sub intrinsic functions do not specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string',
    );
  }
  return { text, variables: new Map(Object.entries(variables ?? {})) };
}

/** Replaces each `${name}` of an `Fn::Sub` text; `${!name}` stays as `${name}`. */
export function replaceVariables(text: string, replacement: (name: string) => string): string {
  return replaceBraced(text, (inner) => {
    if (inner.startsWith('!')) return `\${${inner.slice(1)}}`;
    if (!/^[A-Za-z0-9_.:]+$/.test(inner.trim())) {
      throw templateError(
        'Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons',
      );
    }
    return replacement(inner.trim());
  });
}

const maxSubLength = 5_000_000;

/** Goes through the text once, where an expression would look for the brace after every `${` anew. */
function replaceBraced(text: string, replacement: (inner: string) => string): string {
  const parts: string[] = [];
  let length = 0;
  let from = 0;
  for (;;) {
    const start = text.indexOf('${', from);
    const end = start < 0 ? -1 : text.indexOf('}', start);
    if (end < 0) return parts.join('') + text.slice(from);
    const value = replacement(text.slice(start + 2, end));
    length += value.length;
    if (length > maxSubLength)
      throw templateError(`Template error: Fn::Sub yields more than ${maxSubLength} characters`);
    parts.push(text.slice(from, start), value);
    from = end + 1;
  }
}

function ref(name: string, { scope }: Resolver): JsonValue | undefined {
  if (name === 'AWS::NoValue') return undefined;
  if (Object.hasOwn(scope.pseudoParameters, name)) return scope.pseudoParameters[name];
  const parameter = scope.template.parameters.get(name);
  return parameter === undefined ? scope.reference(name) : parameterReference(parameter, scope.parameters[name] ?? '');
}

/** A scalar as text; lists and objects do not go where CloudFormation wants a string. */
function text(value: JsonValue | undefined, message: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw templateError(`Template error: ${message}`);
}

function list(argument: JsonValue, length: number, message: string): JsonValue[] {
  if (!Array.isArray(argument) || argument.length !== length) throw templateError(`Template error: ${message}`);
  return argument;
}

function join(argument: JsonValue, resolver: Resolver): string {
  const message =
    'every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.';
  const [delimiter = null, values = null] = list(argument, 2, message);
  const items = resolver.resolve(values);
  if (typeof delimiter !== 'string' || !Array.isArray(items)) throw templateError(`Template error: ${message}`);
  return items.map((item) => text(item, message)).join(delimiter);
}

function select(argument: JsonValue, resolver: Resolver): JsonValue {
  const message = 'Fn::Select requires a list argument with two elements: an integer index and a list';
  const [at = null, values = null] = list(argument, 2, message);
  const index = text(resolver.resolve(at), 'Fn::Select requires a list argument with a valid index');
  const items = resolver.resolve(values);
  if (!Array.isArray(items) || !/^\d+$/.test(index)) throw templateError(`Template error: ${message}`);
  const item = items[Number(index)];
  if (item !== undefined) return item;
  // AWS knows the length of a list in the template before it resolves anything.
  throw templateError(
    `Template error: ${Array.isArray(values) ? message : `Fn::Select cannot select nonexistent value at index ${index}`}`,
  );
}

function findInMap(argument: JsonValue, resolver: Resolver): JsonValue | undefined {
  const [map, first, second, options, ...rest] = Array.isArray(argument) ? argument : [];
  if (map === undefined || first === undefined || second === undefined || rest.length > 0) {
    throw templateError(
      'Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value',
    );
  }
  const keys = [map, first, second].map((key) =>
    text(resolver.resolve(key), 'every parameter of Fn::FindInMap must resolve to a string'),
  );
  const [mapName = '', firstKey = '', secondKey = ''] = keys;
  const top = resolver.scope.template.mappings.get(mapName) ?? {};
  const level = Object.hasOwn(top, firstKey) ? (top[firstKey] ?? {}) : {};
  if (Object.hasOwn(level, secondKey)) return level[secondKey];
  if (isJsonObject(options ?? null) && isJsonObject(options) && options.DefaultValue !== undefined) {
    requireExtensions('Fn::FindInMap with DefaultValue', resolver);
    return resolver.resolve(options.DefaultValue);
  }
  throw templateError(`Template error: Unable to get mapping for ${keys.join('::')}`);
}

function requireExtensions(what: string, { scope }: Resolver): void {
  if (!scope.template.transforms.includes(languageExtensions)) {
    throw templateError(`Template error: ${what} needs Transform: ${languageExtensions}.`);
  }
}

export const intrinsicFunctions: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, resolver) => ref(text(argument, 'every Ref object must have a single String value.'), resolver),

  'Fn::GetAtt': (argument, resolver) => {
    const { logicalId, attribute } = getAttTarget(argument);
    const name = text(resolver.resolve(attribute), 'the attribute of Fn::GetAtt must be a string');
    return resolver.scope.reference(logicalId, name);
  },

  'Fn::Sub': (argument, resolver) => {
    const { text: source, variables } = subArgument(argument);
    const known = new Map<string, string>();
    return replaceVariables(source, (name) => {
      const before = known.get(name);
      if (before !== undefined) return before;
      const variable = variables.get(name);
      const dot = name.indexOf('.');
      const value =
        variable !== undefined
          ? resolver.resolve(variable)
          : dot > 0
            ? resolver.scope.reference(name.slice(0, dot), name.slice(dot + 1))
            : ref(name, resolver);
      const replacement = text(value, `variable ${name} in Fn::Sub expression does not resolve to a string`);
      known.set(name, replacement);
      return replacement;
    });
  },

  'Fn::Join': join,
  'Fn::Select': select,
  'Fn::FindInMap': findInMap,

  'Fn::Split': (argument, resolver) => {
    const message =
      'every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.';
    const [delimiter = null, source = null] = list(argument, 2, message);
    if (typeof delimiter !== 'string' || delimiter === '') throw templateError(`Template error: ${message}`);
    return text(resolver.resolve(source), message).split(delimiter);
  },

  'Fn::ImportValue': (argument, resolver) =>
    resolver.scope.importValue(
      text(
        resolver.resolve(argument),
        'the attribute in Fn::ImportValue must be a string or a function that returns a string',
      ),
    ),

  'Fn::Base64': (argument, resolver) =>
    Buffer.from(text(resolver.resolve(argument), 'every Fn::Base64 object must have a String-typed value.')).toString(
      'base64',
    ),

  'Fn::Cidr': (argument, resolver) => {
    const [block, count, bits] = (Array.isArray(argument) ? argument : []).map((part) => {
      const value = resolver.resolve(part);
      return value === undefined ? undefined : text(value, 'every parameter of Fn::Cidr must be a string or a number');
    });
    return cidrBlocks(block, count, bits);
  },

  'Fn::GetAZs': (argument, resolver) => {
    const region = text(resolver.resolve(argument), 'the argument of Fn::GetAZs must be a region');
    const zoneOf = region === '' ? resolver.scope.pseudoParameters['AWS::Region'] : region;
    return ['a', 'b', 'c'].map((zone) => `${String(zoneOf)}${zone}`);
  },

  'Fn::Length': (argument, resolver) => {
    requireExtensions('Fn::Length', resolver);
    const items = resolver.resolve(argument);
    if (!Array.isArray(items)) throw templateError('Template error: Fn::Length requires a list');
    return items.length;
  },

  'Fn::ToJsonString': (argument, resolver) => {
    requireExtensions('Fn::ToJsonString', resolver);
    const value = resolver.resolve(argument);
    if (typeof value !== 'object') throw templateError('Template error: Fn::ToJsonString requires an object or a list');
    return JSON.stringify(value);
  },
};

function operands(name: string, argument: JsonValue, evaluate: (expression: JsonValue) => boolean): boolean[] {
  if (!Array.isArray(argument) || argument.length < 2 || argument.length > 10) {
    throw templateError(
      `Template error: every ${name} object requires a list of at least 2 and at most 10 boolean parameters.`,
    );
  }
  return argument.map(evaluate);
}

const booleanFunctions: Readonly<Record<string, ConditionFunction>> = {
  'Fn::And': (argument, _, evaluate) => operands('Fn::And', argument, evaluate).every(Boolean),
  'Fn::Or': (argument, _, evaluate) => operands('Fn::Or', argument, evaluate).some(Boolean),
  'Fn::Not': (argument, _, evaluate) => {
    const [operand = null] = list(argument, 1, 'Fn::Not requires a list argument with one function token');
    return !evaluate(operand);
  },
  'Fn::Equals': (argument, resolver) => {
    const [left, right] = list(argument, 2, 'every Fn::Equals object requires a list of 2 string parameters.').map(
      (operand) => comparable(resolver.resolve(operand)),
    );
    return left === right;
  },
};

/** The functions of the section Conditions. */
export const conditionFunctions: Readonly<Record<string, ConditionFunction>> = {
  ...booleanFunctions,
  Condition: (argument, resolver) =>
    resolver.condition(text(argument, 'every Condition object must have a single String value.')),
};

/** The functions of the section Rules, except those that look up values of AWS::EC2 parameter types. */
export const ruleFunctions: Readonly<Record<string, ConditionFunction>> = {
  ...booleanFunctions,
  'Fn::Contains': (argument, resolver) => {
    const [values = null, value = null] = list(argument, 2, 'Fn::Contains requires a list of strings and a string');
    return members('Fn::Contains', values, resolver).includes(comparable(resolver.resolve(value)));
  },
  'Fn::EachMemberEquals': (argument, resolver) => {
    const message = 'Fn::EachMemberEquals requires a list of strings and a string';
    const [values = null, value = null] = list(argument, 2, message);
    const wanted = comparable(resolver.resolve(value));
    return members('Fn::EachMemberEquals', values, resolver).every((member) => member === wanted);
  },
  'Fn::EachMemberIn': (argument, resolver) => {
    const [values = null, allowed = null] = list(argument, 2, 'Fn::EachMemberIn requires two lists of strings');
    const known = new Set(members('Fn::EachMemberIn', allowed, resolver));
    return members('Fn::EachMemberIn', values, resolver).every((member) => known.has(member));
  },
};

function members(name: string, argument: JsonValue, resolver: Resolver): string[] {
  const items = resolver.resolve(argument);
  if (!Array.isArray(items)) throw templateError(`Template error: ${name} requires a list of strings`);
  return items.map(comparable);
}

/** Parameters are text, so `true` and `"true"`, `1` and `"1"` are the same to Fn::Equals. */
function comparable(value: JsonValue | undefined): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value ?? '');
}
