import { AwsError } from '../core/aws-error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';

/** One thing that a call needs to be allowed. */
export type Permission = {
  /** `dynamodb:PutItem`. */
  readonly action: string;
  /** An ARN, or `*` when the action is about no resource in particular. */
  readonly resource: string;
  /** Condition keys that belong to this action. */
  readonly context?: Readonly<Record<string, string | readonly string[] | undefined>>;
};

/** What only the services themselves can tell about a request. */
export type Lookups = {
  /** The partition key of a table or index, for `dynamodb:LeadingKeys`. */
  readonly hashKey?: (tableArn: string, indexName: string | undefined) => string | undefined;
  /** The ARN of a key of KMS by its id, alias or ARN. */
  readonly keyArn?: (region: string, reference: string) => string | undefined;
  /** The ARN of the key that a ciphertext was made with. */
  readonly keyOfCiphertext?: (region: string, blob: string) => string | undefined;
  /** The ARN of a secret by its name or a part of its ARN. */
  readonly secretArn?: (region: string, secretId: string) => string | undefined;
  /** The group that a deployment of CodeDeploy belongs to. */
  readonly deploymentGroup?: (
    region: string,
    deploymentId: string,
  ) => { readonly applicationName: string; readonly groupName: string } | undefined;
  /** The ARN of the stream that a shard iterator reads. */
  readonly streamOfIterator?: (iterator: string, region: string) => string | undefined;
};

export type JsonCall = { readonly action: string; readonly input: JsonObject; readonly region: string };

export function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function objectsOf(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** What a caller needs who gives a role to a service. */
export function passRole(roleArn: string, service: string): Permission {
  return { action: 'iam:PassRole', resource: roleArn, context: { 'iam:PassedToService': service } };
}

/** A call without an entry here must not pass unchecked. */
export function unknownPermission(service: string, action: string): AwsError {
  return new AwsError(
    'AccessDeniedException',
    `The local endpoint does not know which permission ${service}:${action} needs. See the support matrix of local-aws.`,
    403,
  );
}
