import * as z from 'zod';
import type { AwsRequest } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import type { PathParameters } from '../core/path-template.ts';
import type { RestRoute } from '../core/rest-protocol.ts';
import {
  deleteEventInvokeConfig,
  eventInvokeView,
  getEventInvokeConfig,
  noEventInvokeConfig,
  putEventInvokeConfig,
} from './event-invoke-actions.ts';
import { type FunctionReference, functionArn, parseFunctionName } from './function-name.ts';
import { type FunctionStore, notFound, type Target } from './function-store.ts';
import { resolveTarget } from './function-target.ts';
import { policyKey } from './resource-policy.ts';
import { pageOf, queryOf, readInput } from './rest-input.ts';

const destination = z.strictObject({ Destination: z.string().optional() }).optional();
const eventInvokeInput = z.strictObject({
  MaximumRetryAttempts: z.int().optional(),
  MaximumEventAgeInSeconds: z.int().optional(),
  DestinationConfig: z.strictObject({ OnSuccess: destination, OnFailure: destination }).optional(),
});

/** How a function's asynchronous invocations are retried and where they end. */
export function eventInvokeRoutes(functions: FunctionStore, clock: Clock): RestRoute[] {
  const path = `/2019-09-25/functions/{name}/event-invoke-config`;
  const put = (method: 'PUT' | 'POST'): RestRoute => ({
    method,
    path,
    handle(request, parameters) {
      const { record, qualifier } = existing(functions, request, parameters);
      const base = method === 'POST' ? getEventInvokeConfig(record, qualifier) : undefined;
      const settings = readInput(request, eventInvokeInput);
      const config = putEventInvokeConfig(record, { qualifier, settings, now: clock.now(), base, functions });
      functions.changed();
      return { body: eventInvokeView(record, policyKey(qualifier), config) };
    },
  });
  return [
    put('PUT'),
    put('POST'),
    {
      method: 'GET',
      path,
      handle(request, parameters) {
        const { record, qualifier } = configured(functions, request, parameters);
        return { body: eventInvokeView(record, policyKey(qualifier), getEventInvokeConfig(record, qualifier)) };
      },
    },
    {
      method: 'GET',
      path: `${path}/list`,
      handle(request, parameters) {
        const { record } = existing(functions, request, parameters);
        const { page, marker } = pageOf(request, Object.entries(record.eventInvoke));
        return {
          body: {
            FunctionEventInvokeConfigs: page.map(([key, config]) => eventInvokeView(record, key, config)),
            ...marker,
          },
        };
      },
    },
    {
      method: 'DELETE',
      path,
      handle(request, parameters) {
        const { record, qualifier } = configured(functions, request, parameters);
        deleteEventInvokeConfig(record, qualifier);
        functions.changed();
        return { status: 204 };
      },
    },
  ];
}

/** @throws AwsError in the words of these routes */
function existing(functions: FunctionStore, request: AwsRequest, parameters: PathParameters): Target {
  return resolveOr(functions, request, parameters, () => notFound("The function doesn't exist."));
}

function configured(functions: FunctionStore, request: AwsRequest, parameters: PathParameters): Target {
  return resolveOr(functions, request, parameters, ({ name, region, qualifier }) =>
    noEventInvokeConfig(functionArn(region ?? request.region, name, policyKey(qualifier))),
  );
}

function resolveOr(
  functions: FunctionStore,
  request: AwsRequest,
  parameters: PathParameters,
  toError: (reference: FunctionReference) => AwsError,
): Target {
  try {
    return resolveTarget(functions, request, parameters);
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ResourceNotFoundException') throw error;
    throw toError(parseFunctionName(parameters.name ?? '', queryOf(request, 'Qualifier')));
  }
}
