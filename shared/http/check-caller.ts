import * as z from 'zod/mini';
import { readEnv } from '../env.ts';
import { AppError } from '../errors/app-error.ts';
import { once } from '../once.ts';
import type { Caller } from './http-event.ts';

const callerEnv = z.object({ AUTH: z._default(z.string(), 'none') });

/** Whether this deployment has an authorizer that names people; `iam` lets systems in, by their policies. */
const namesPeople = once(() => ['jwt', 'cognito', 'lambda'].includes(readEnv(callerEnv).AUTH));

/**
 * Nobody gets past an authorizer without a name, for where nobody is known everybody is trusted: issuers do sign tokens
 * without `sub`, and a route may have lost its authorizer. Nor with a token that has expired since API Gateway asked
 * about it: it keeps the answer of a Lambda authorizer for as long as that says.
 *
 * @throws AppError UNAUTHORIZED
 */
export function checkCaller(caller: Caller | undefined, now: Date): void {
  if (caller === undefined) {
    if (namesPeople()) throw new AppError('UNAUTHORIZED', 'The token does not say whose it is.');
  } else if (caller.expiresAt !== undefined && caller.expiresAt <= now) {
    throw new AppError('UNAUTHORIZED', 'The token has expired.');
  }
}
