import * as z from 'zod';
import { property } from '../../core/resource-type.ts';
import { constraintError } from '../function-name.ts';
import { invalidParameter } from '../rest-input.ts';

/** CORS settings as the API and CloudFormation spell them. */
export const corsInput = z.strictObject({
  AllowCredentials: property.boolean().optional(),
  AllowHeaders: z.array(property.string()).optional(),
  AllowMethods: z.array(property.string()).optional(),
  AllowOrigins: z.array(property.string()).optional(),
  ExposeHeaders: z.array(property.string()).optional(),
  MaxAge: property.integer().optional(),
});
export type CorsInput = z.infer<typeof corsInput>;

/** What the API and CloudFormation both say about a URL. */
export type UrlSettings = {
  readonly AuthType?: string | undefined;
  readonly InvokeMode?: string | undefined;
  readonly Cors?: CorsInput | undefined;
};

const authTypes = ['NONE', 'AWS_IAM'] as const;
const invokeModes = ['RESPONSE_STREAM', 'BUFFERED'] as const;

/** The URL of a function or alias. */
export const urlConfigSchema = z.object({
  id: z.string(),
  authType: z.enum(authTypes),
  /** Absent if no call or template chose one: it is BUFFERED then, and the answers to changes do not show it. */
  invokeMode: z.enum(invokeModes).optional(),
  cors: corsInput.optional(),
  createdAt: z.string(),
  modifiedAt: z.string(),
});
export type UrlConfig = z.infer<typeof urlConfigSchema>;

/** @throws AwsError ValidationException, InvalidParameterValueException */
export function readUrlSettings({ AuthType, InvokeMode, Cors }: UrlSettings): Partial<UrlConfig> {
  if (Cors !== undefined) checkCors(Cors);
  return {
    ...(AuthType !== undefined && { authType: oneOf(authTypes, AuthType, 'authType') }),
    ...(InvokeMode !== undefined && { invokeMode: oneOf(invokeModes, InvokeMode, 'invokeMode') }),
    // Empty settings switch CORS off.
    ...(Cors !== undefined && { cors: Object.keys(Cors).length === 0 ? undefined : Cors }),
  };
}

function oneOf<const T extends string>(values: readonly T[], value: string, member: string): T {
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) throw constraintError(value, member, `enum value set: [${values.join(', ')}]`);
  return found;
}

const corsMethods = ['GET', 'PUT', 'HEAD', 'POST', 'PATCH', 'DELETE', '*'];

function checkCors({ AllowMethods = [], AllowOrigins = [], MaxAge = 0, ...lists }: CorsInput): void {
  const unknown = AllowMethods.find((method) => !corsMethods.includes(method));
  if (unknown !== undefined) {
    throw invalidParameter(`Value '${unknown}' at 'cors.allowMethods' must be one of: ${corsMethods.join(', ')}.`);
  }
  checkLength(AllowMethods, 'cors.allowMethods', 6);
  checkLength(AllowOrigins, 'cors.allowOrigins', 100);
  checkLength(lists.AllowHeaders ?? [], 'cors.allowHeaders', 100);
  checkLength(lists.ExposeHeaders ?? [], 'cors.exposeHeaders', 100);
  const origin = AllowOrigins.find((each) => each.length < 1 || each.length > 253);
  if (origin !== undefined) throw constraintError(origin, 'cors.allowOrigins', 'length less than or equal to 253');
  if (MaxAge < 0) throw constraintError(MaxAge, 'cors.maxAge', 'value greater than or equal to 0');
  if (MaxAge > 86_400) throw constraintError(MaxAge, 'cors.maxAge', 'value less than or equal to 86400');
}

function checkLength(list: readonly string[], member: string, maximum: number): void {
  if (list.length <= maximum) return;
  throw constraintError(`[${list.join(', ')}]`, member, `length less than or equal to ${maximum}`);
}
