import { randomUUID } from 'node:crypto';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { ResourceContext } from '../core/resource-type.ts';

/** What CloudFormation sends to the provider of a custom resource. */
export type CustomRequest = {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ServiceToken: string;
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceType: string;
  readonly ResourceProperties: JsonValue;
  readonly OldResourceProperties?: JsonValue;
};

type Wanted = Pick<CustomRequest, 'RequestType' | 'ServiceToken' | 'ResourceType' | 'PhysicalResourceId'> & {
  readonly properties: JsonObject;
  readonly oldProperties?: JsonObject;
};

/** The request without the address for its response. */
export function customRequest(
  { properties, oldProperties, PhysicalResourceId, ...wanted }: Wanted,
  { stackId, logicalId }: ResourceContext,
): Omit<CustomRequest, 'ResponseURL'> {
  return {
    ...wanted,
    StackId: stackId,
    RequestId: randomUUID(),
    LogicalResourceId: logicalId,
    ...(PhysicalResourceId !== undefined && { PhysicalResourceId }),
    ResourceProperties: withTextScalars(properties),
    ...(oldProperties !== undefined && { OldResourceProperties: withTextScalars(oldProperties) }),
  };
}

/** CloudFormation hands numbers and booleans over as strings. */
function withTextScalars(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withTextScalars);
  if (!isJsonObject(value)) return value === null ? null : String(value);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withTextScalars(member)]));
}
