import * as z from 'zod';
import { parseArn } from '../core/arn.ts';
import type { QueryInput } from '../core/query-protocol.ts';
import { parseRequest, queryList } from '../core/query-request.ts';
import type { Permission } from '../iam/permission.ts';

const name = z.string().regex(/^[\w+=,.@-]{2,64}$/, 'Member must satisfy regular expression pattern: [\\w+=,.@-]*');
const tagText = (min: number, max: number) =>
  z
    .string()
    .min(min)
    .max(max)
    .regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u);

/** Left out, and so refused by name: session policies and MFA. */
const schema = z.object({
  RoleArn: z.string().refine((text) => parseArn(text)?.resource.startsWith('role/') === true, 'is invalid'),
  RoleSessionName: name,
  DurationSeconds: z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number)
    .pipe(z.int().min(900).max(43_200))
    .optional(),
  ExternalId: z
    .string()
    .regex(/^[\w+=,.@:/-]{2,1224}$/)
    .optional(),
  SourceIdentity: name.optional(),
  // Without effect: condition keys about the tags of a session are refused in policies.
  Tags: queryList(z.strictObject({ Key: tagText(1, 128), Value: tagText(0, 256) })),
  TransitiveTagKeys: queryList(tagText(1, 128)),
});

export type AssumeRoleCall = {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly sourceIdentity: string | undefined;
  /** What the trust policy of the role has to allow. */
  readonly permissions: readonly string[];
  /** Condition keys of the call. */
  readonly keys: Permission['context'];
};

/** @throws AwsError ValidationError */
export function readAssumeRole(input: QueryInput): AssumeRoleCall {
  const {
    RoleArn,
    RoleSessionName,
    DurationSeconds = 3600,
    ExternalId,
    SourceIdentity,
    Tags,
  } = parseRequest(schema, input);
  return {
    roleArn: RoleArn,
    sessionName: RoleSessionName,
    durationSeconds: DurationSeconds,
    sourceIdentity: SourceIdentity,
    permissions: [
      'sts:AssumeRole',
      ...(Tags.length > 0 ? ['sts:TagSession'] : []),
      ...(SourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
    ],
    keys: { 'sts:ExternalId': ExternalId, 'sts:RoleSessionName': RoleSessionName },
  };
}
