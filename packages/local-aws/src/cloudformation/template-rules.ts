import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { checkDynamicReferences } from './dynamic-references.ts';
import { parameterStoreType } from './parameters.ts';
import { templateError, unsupportedAttribute } from './template-error.ts';
import { checkUpdatePolicy } from './update-policy.ts';

const sections = new Set([
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Parameters',
  'Mappings',
  'Conditions',
  'Transform',
  'Resources',
  'Outputs',
  'Rules',
]);

/** AWS's quotas on one template. */
const limits = { Parameters: 200, Mappings: 200, Resources: 500, Outputs: 200 } as const;

const retention = ['Delete', 'Retain', 'RetainExceptOnCreate'];

/** The members of a section of a template; none when it is missing. */
export function sectionOf(source: JsonObject, name: string): [string, JsonValue][] {
  const section = Object.hasOwn(source, name) ? source[name] : undefined;
  if (section === undefined) return [];
  if (!isJsonObject(section)) throw templateError(`Template format error: ${name} must be an object.`);
  return Object.entries(section);
}

/** @throws AwsError for sections, versions, names and numbers that CloudFormation or the endpoint does not take */
export function checkSections(source: JsonObject): void {
  const unknown = Object.keys(source).filter((key) => !sections.has(key));
  if (unknown.length > 0) throw templateError(`Invalid template property or properties [${unknown.join(', ')}]`);
  const version = source.AWSTemplateFormatVersion;
  if (version !== undefined && version !== '2010-09-09') {
    throw templateError(`Template format error: Unsupported version "${String(version)}".`);
  }
  for (const section of ['Parameters', 'Mappings', 'Resources', 'Outputs'] as const) checkNames(source, section);
}

function checkNames(source: JsonObject, section: keyof typeof limits): void {
  const names = sectionOf(source, section).map(([name]) => name);
  if (names.length > limits[section]) {
    throw templateError(
      `Template format error: Number of ${section.toLowerCase()}, ${names.length}, is greater than maximum allowed, ${limits[section]}`,
    );
  }
  const odd = names.find((name) => !/^[a-zA-Z0-9]{1,255}$/.test(name));
  if (odd !== undefined) {
    const kind = section.slice(0, -1);
    if (odd.startsWith('Fn::')) {
      throw templateError(`Template error: ${odd} in ${section} is not supported by the local endpoint.`);
    }
    throw templateError(`Template format error: ${kind} name ${odd} is non alphanumeric.`);
  }
}

/** Types of AWS itself, such as AWS::EC2::VPC::Id; their values are not looked up. */
const awsSpecificType = /^AWS::[A-Za-z0-9]+::[A-Za-z0-9:]+$/;
const plainTypes = new Set(['String', 'Number', 'CommaDelimitedList', 'List<Number>']);

/** @throws AwsError for types that are unknown */
export function checkParameterType(declared: string): void {
  const inner = parameterStoreType(declared) ?? declared;
  const type = /^List<(.+)>$/.exec(inner)?.[1] ?? inner;
  if (!plainTypes.has(inner) && type !== 'String' && !awsSpecificType.test(type)) {
    throw templateError(`Template format error: Unrecognized parameter type: ${declared}`);
  }
}

/** @throws AwsError for null anywhere, and for references to services that the endpoint does not have */
function checkValues(value: JsonValue, path: string): void {
  if (value === null) throw templateError(`[${path}] 'null' values are not allowed in templates`);
  if (typeof value === 'string') checkDynamicReferences(value, path);
  if (typeof value === 'object') {
    for (const [key, member] of Object.entries(value)) checkValues(member, `${path}/${key}`);
  }
}

/** @throws AwsError for an output without a value, or with null anywhere */
export function checkOutput([name, output]: [string, JsonValue]): [string, JsonValue] {
  if (!isJsonObject(output) || output.Value === undefined) {
    throw templateError('Template format error: Every Outputs member must contain a Value object');
  }
  checkValues(output, `/Outputs/${name}`);
  return [name, output];
}

/** @throws AwsError for a mapping of another depth than two, or with other values than text and lists */
export function checkMapping([name, mapping]: [string, JsonValue]): [string, JsonValue] {
  for (const [key, members] of isJsonObject(mapping) ? Object.entries(mapping) : []) {
    if (!isJsonObject(members))
      throw templateError(`Template format error: Every Mappings member ${key} must be a map`);
    if (Object.values(members).some(isJsonObject)) {
      throw templateError('Template format error: Every Mappings attribute must be a String or a List.');
    }
  }
  return [name, mapping];
}

/** Also refuses what is legal on AWS but would be silently without effect here. */
export function checkResource([name, resource]: [string, JsonValue]): [string, JsonValue] {
  if (!isJsonObject(resource)) {
    throw templateError(`Template format error: [/Resources/${name}] resource definition is malformed`);
  }
  if (typeof resource.Type !== 'string') {
    throw templateError(
      `Template format error: [/Resources/${name}] Every Resources object must contain a Type member.`,
    );
  }
  checkValues(resource, `/Resources/${name}`);
  if (resource.CreationPolicy !== undefined) throw unsupportedAttribute(name, resource.Type, 'CreationPolicy');
  if (resource.UpdatePolicy !== undefined) checkUpdatePolicy(name, resource.Type, resource.UpdatePolicy);
  const { DeletionPolicy, UpdateReplacePolicy } = resource;
  for (const policy of [DeletionPolicy, UpdateReplacePolicy]) {
    if (policy === 'Snapshot')
      throw templateError(`Template error: ${resource.Type} does not support Snapshot policy.`);
    if (policy !== undefined && !(typeof policy === 'string' && retention.includes(policy))) {
      throw templateError(`Template error: Unrecognized DeletionPolicy ${JSON.stringify(policy)} for resource ${name}`);
    }
  }
  return [name, resource];
}
