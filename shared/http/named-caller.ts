import * as z from 'zod/mini';
import { readEnv } from '../env.ts';
import { AppError } from '../errors/app-error.ts';
import { once } from '../once.ts';
import type { Caller } from './http-event.ts';

const callerEnv = z.object({ AUTH: z._default(z.string(), 'none') });

/** Whether this deployment has an authorizer that names people; `iam` lets systems in, by their policies. */
const namesPeople = once(() => ['jwt', 'cognito', 'lambda'].includes(readEnv(callerEnv).AUTH));

/**
 * Nobody gets past an authorizer without a name, for where nobody is known everybody is trusted. Issuers do sign tokens
 * without `sub`, and a route may have lost its authorizer.
 *
 * @throws AppError UNAUTHORIZED
 */
export function checkNamed(caller: Caller | undefined): void {
  if (caller === undefined && namesPeople()) throw new AppError('UNAUTHORIZED', 'The token does not say whose it is.');
}
