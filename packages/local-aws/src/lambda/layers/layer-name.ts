import { accountId, arn, parseArn } from '../../core/arn.ts';
import { constraintError } from '../function-name.ts';
import { invalidParameter } from '../rest-input.ts';

const namePattern = /^[a-zA-Z0-9-_]{1,140}$/;

/** The name in a name or ARN of a layer. @throws AwsError ValidationException */
export function parseLayerName(text: string): string {
  const resource = parseArn(text)?.resource;
  const name = resource?.startsWith('layer:') ? resource.slice('layer:'.length) : text;
  if (namePattern.test(name)) return name;
  throw constraintError(
    text,
    'layerName',
    String.raw`regular expression pattern: (arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\d{12}:layer:[a-zA-Z0-9-_]+)|[a-zA-Z0-9-_]+`,
  );
}

/** @throws AwsError InvalidParameterValueException */
export function parseVersionNumber(text: string): number {
  const version = Number(text);
  if (!Number.isInteger(version) || version < 1) throw invalidParameter('Layer Version Cannot be less than 1');
  return version;
}

export type LayerVersionArn = {
  readonly name: string;
  readonly version: number;
  readonly region: string;
  readonly account: string;
};

/** What AWS shows of the ARN of a layer version. */
export const layerVersionPattern = String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)`;

/** Undefined for what is no ARN of a layer version. */
export function parseLayerVersionArn(text: string): LayerVersionArn | undefined {
  const match = /^arn:aws[a-zA-Z-]*:lambda:([a-z]{2}(?:-[a-z]+)+-\d):(\d{12}):layer:([a-zA-Z0-9-_]{1,140}):(\d+)$/.exec(
    text,
  );
  if (match === null) return undefined;
  const [, region = '', account = '', name = '', version = ''] = match;
  return { region, account, name, version: Number(version) };
}

export function layerArn(region: string, name: string): string {
  return arn('lambda', region, `layer:${name}`, accountId);
}
