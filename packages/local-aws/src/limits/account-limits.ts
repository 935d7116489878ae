import type { InvocationLimits } from '../lambda/concurrency.ts';
import type { Limits } from './limits.ts';

/** The quotas of Lambda in a region. */
export function invocationLimits(limits: Limits, region: string): InvocationLimits {
  return {
    concurrency: limits.quotas.functionConcurrency,
    admitsRequest: (functionName) => limits.admits('functionRequests', region, `${region}/${functionName}`),
    admitsEnvironment: (functionName) => limits.admits('functionScaling', `${region}/${functionName}`),
  };
}

/** The page `/_local/limits`: the quotas, and what was used of them. */
export function limitsPage(limits: Limits | undefined): object {
  return { quotas: limits?.quotas ?? null, usages: limits?.usages() ?? [] };
}
