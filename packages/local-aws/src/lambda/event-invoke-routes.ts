import * as z from 'zod';
import type { Clock } from '../core/clock.ts';
import type { RestRoute } from '../core/rest-protocol.ts';
import {
  deleteEventInvokeConfig,
  eventInvokeView,
  getEventInvokeConfig,
  putEventInvokeConfig,
} from './event-invoke-actions.ts';
import type { FunctionStore } from './function-store.ts';
import { resolveTarget } from './function-target.ts';
import { policyKey } from './resource-policy.ts';
import { pageOf, readInput } from './rest-input.ts';

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
      const { record, qualifier } = resolveTarget(functions, request, parameters);
      const base = method === 'POST' ? getEventInvokeConfig(record, qualifier) : undefined;
      const config = putEventInvokeConfig(record, qualifier, readInput(request, eventInvokeInput), clock.now(), base);
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
        const { record, qualifier } = resolveTarget(functions, request, parameters);
        return { body: eventInvokeView(record, policyKey(qualifier), getEventInvokeConfig(record, qualifier)) };
      },
    },
    {
      method: 'GET',
      path: `${path}/list`,
      handle(request, parameters) {
        const { record } = resolveTarget(functions, request, parameters);
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
        const { record, qualifier } = resolveTarget(functions, request, parameters);
        deleteEventInvokeConfig(record, qualifier);
        functions.changed();
        return { status: 204 };
      },
    },
  ];
}
