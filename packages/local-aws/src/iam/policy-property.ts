import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { refuseUnknownConditionKeys } from './condition-keys.ts';
import { type PolicyKind, parsePolicy } from './policy-document.ts';

/** A resource property that holds a policy, refused with IAM's own words when it is malformed. */
export function policyProperty(kind: PolicyKind) {
  return z.custom<JsonObject>(isJsonObject, 'must be a policy document').superRefine((document, context) => {
    try {
      refuseUnknownConditionKeys(parsePolicy(document, kind));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
    }
  });
}
