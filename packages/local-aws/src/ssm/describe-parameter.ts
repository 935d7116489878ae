import { hash } from 'node:crypto';
import type { JsonObject } from '../core/json.ts';
import { type Parameter, type ParameterVersion, parameterArn } from './parameter.ts';

/** What GetParameter and its like answer about one version. */
export function valueView(
  { name, region }: Parameter,
  version: ParameterVersion,
  { isDecrypted, selector }: { isDecrypted: boolean; selector?: string | undefined },
): JsonObject {
  return {
    Name: name,
    Type: version.type,
    Value: isDecrypted ? version.value : encryptedValue(version),
    Version: version.version,
    ...(selector !== undefined && { Selector: selector }),
    LastModifiedDate: version.lastModified / 1000,
    ARN: parameterArn(region, name),
    DataType: version.dataType,
  };
}

/** What DescribeParameters and GetParameterHistory answer about one version, without its value. */
export function descriptionView({ name, region }: Parameter, version: ParameterVersion): JsonObject {
  const { description, allowedPattern, keyId } = version;
  return {
    Name: name,
    ARN: parameterArn(region, name),
    Type: version.type,
    ...(keyId !== undefined && { KeyId: keyId }),
    LastModifiedDate: version.lastModified / 1000,
    LastModifiedUser: version.modifiedBy,
    ...(description !== undefined && { Description: description }),
    ...(allowedPattern !== undefined && { AllowedPattern: allowedPattern }),
    Version: version.version,
    Tier: version.tier === 'Intelligent-Tiering' ? 'Standard' : version.tier,
    Policies: [],
    DataType: version.dataType,
  };
}

/** Stands for the ciphertext of a SecureString, from which its value cannot be read. */
export function encryptedValue({ type, value, version }: ParameterVersion): string {
  if (type !== 'SecureString') return value;
  return Buffer.from(`AQICAH${hash('sha512', `${version}\n${value}`)}`).toString('base64');
}
