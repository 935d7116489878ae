import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { Clock, MovableClock } from '../core/clock.ts';
import type { CredentialStore } from '../core/credentials.ts';
import type { IamStore } from '../iam/iam-store.ts';
import { type ControlRequest, type ControlRoute, controlInput } from './control-api.ts';
import type { RecentErrors } from './recent-errors.ts';
import type { UnfinishedWork } from './unfinished-work.ts';

export type ControlPorts = {
  readonly clock: Clock;
  readonly unfinished: UnfinishedWork;
  readonly errors: RecentErrors;
  /** Deletes all data and keeps the stacks. */
  readonly reset: () => Promise<void>;
  readonly credentials: Pick<CredentialStore, 'issue'>;
  readonly roles: Pick<IamStore, 'roleByArn'>;
};

const emptySchema = z.strictObject({});
const advanceSchema = z.strictObject({
  advanceMs: z
    .number()
    .min(0)
    .max(400 * 24 * 3600 * 1000),
});
const sessionSchema = z.strictObject({
  roleArn: z.string(),
  sessionName: z.string().regex(/^[\w+=,.@-]{2,64}$/),
});
const idleSchema = z.strictObject({ waitMs: z.coerce.number().min(0).max(600_000).default(0) });

/** What tests need of an endpoint besides the APIs of AWS. */
export function controlRoutes({
  clock,
  unfinished,
  errors,
  reset,
  credentials,
  roles,
}: ControlPorts): readonly ControlRoute[] {
  const time = () => {
    const now = clock.now();
    return { body: { now: new Date(now).toISOString(), shiftMs: Math.round(now - Date.now()) } };
  };
  return [
    {
      method: 'POST',
      path: '/_local/api/reset',
      async handle(request) {
        controlInput(emptySchema, request);
        await reset();
        return { status: 204 };
      },
    },
    { method: 'GET', path: '/_local/api/clock', handle: time },
    {
      method: 'POST',
      path: '/_local/api/clock',
      async handle(request) {
        const { advanceMs } = controlInput(advanceSchema, request);
        if (!isMovable(clock))
          throw new AwsError('ClockNotMovable', 'The clock of this endpoint has no advance().', 409);
        await clock.advance(advanceMs);
        return time();
      },
    },
    {
      method: 'GET',
      path: '/_local/api/idle',
      async handle(request) {
        const { waitMs } = queryInput(idleSchema, request);
        const busy = await unfinished.settle(waitMs);
        return { body: { isIdle: busy.length === 0, busy } };
      },
    },
    {
      // As Lambda gives them to a function. By STS, the trust policy would have to name who runs the function here.
      method: 'POST',
      path: '/_local/api/role-credentials',
      handle(request) {
        const { roleArn, sessionName } = controlInput(sessionSchema, request);
        if (roles.roleByArn(roleArn) === undefined) {
          throw new AwsError('NoSuchEntity', `There is no role ${roleArn}.`, 404);
        }
        const { accessKeyId, secretAccessKey, sessionToken } = credentials.issue(roleArn, sessionName);
        return { body: { accessKeyId, secretAccessKey, sessionToken } };
      },
    },
    { method: 'GET', path: '/_local/api/errors', handle: () => ({ body: { errors: errors.list() } }) },
  ];
}

function queryInput<T>(schema: z.ZodType<T>, { query }: ControlRequest): T {
  const parsed = schema.safeParse(Object.fromEntries(query));
  if (parsed.success) return parsed.data;
  throw new AwsError('ValidationException', z.prettifyError(parsed.error));
}

function isMovable(clock: Clock): clock is MovableClock {
  return 'advance' in clock && typeof clock.advance === 'function';
}
