import * as z from 'zod';
import { property } from '../core/resource-type.ts';

/** How long and how often EventBridge tries to reach a target. */
export const retryPolicySchema = z.strictObject({
  MaximumEventAgeInSeconds: property
    .integer()
    .refine((seconds) => seconds >= 60 && seconds <= 86_400, 'must be between 60 and 86400')
    .optional(),
  MaximumRetryAttempts: property
    .integer()
    .refine((attempts) => attempts >= 0 && attempts <= 185, 'must be between 0 and 185')
    .optional(),
});

export const defaultRetryPolicy = { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 } as const;
