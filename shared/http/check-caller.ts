import * as z from 'zod/mini';
import { readEnv } from '../env.ts';
import { AppError } from '../errors/app-error.ts';
import { once } from '../once.ts';
import type { Caller } from './http-event.ts';

const callerEnv = z.object({ AUTH: z._default(z.string(), 'none') });

/** The authorizer of this deployment. */
const deployedAuth = once(() => readEnv(callerEnv).AUTH);

/** The authorizers that name people; `iam` lets systems in, by their policies. */
const namesPeople: readonly string[] = ['jwt', 'cognito', 'lambda'];

/**
 * Rejects requests without `sub` when an authorizer that names people is configured: issuers do sign tokens without
 * `sub`, and a route may have lost its authorizer. Without an authorizer, requests are anonymous. Also rejects a token
 * that has expired since it was verified: API Gateway caches the answer of a Lambda authorizer.
 *
 * @throws AppError UNAUTHORIZED
 */
export function checkCaller(caller: Caller | undefined, now: Date, auth = deployedAuth()): void {
  if (caller === undefined) {
    if (namesPeople.includes(auth)) throw new AppError('UNAUTHORIZED', 'The token does not say whose it is.');
  } else if (caller.expiresAt !== undefined && caller.expiresAt <= now) {
    throw new AppError('UNAUTHORIZED', 'The token has expired.');
  }
}

/**
 * The caller that a job acts as: the user `sub`. Without an authorizer there are no users, and all callers share one list.
 *
 * @param auth the authorizer of the deployment
 */
export function callerOfJob(sub: string, auth = deployedAuth()): Caller | undefined {
  return auth === 'none' || sub === '' ? undefined : { sub };
}
