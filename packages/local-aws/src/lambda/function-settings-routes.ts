import * as z from 'zod';
import type { AwsRequest } from '../core/aws-api.ts';
import type { PathParameters } from '../core/path-template.ts';
import type { RestRoute } from '../core/rest-protocol.ts';
import { accountConcurrency } from './concurrency.ts';
import { parseFunctionName } from './function-name.ts';
import type { FunctionRecord } from './function-record.ts';
import type { FunctionStore } from './function-store.ts';
import { resolveTarget } from './function-target.ts';
import { reserveConcurrency } from './reserve-concurrency.ts';
import { invalidParameter, readInput } from './rest-input.ts';

/** Reserved concurrency, tags, what is always at its default here, and the account's numbers. */
export function functionSettingsRoutes(functions: FunctionStore): RestRoute[] {
  return [
    ...concurrencyRoutes(functions),
    ...tagRoutes(functions),
    ...defaultsRoutes(functions),
    accountRoute(functions),
  ];
}

function concurrencyRoutes(functions: FunctionStore): RestRoute[] {
  return [
    {
      method: 'PUT',
      path: `/2017-10-31/functions/{name}/concurrency`,
      handle(request, parameters) {
        const reference = parseFunctionName(parameters.name ?? '');
        const record = functions.get(reference, request.region, reference.qualifier ?? '$LATEST');
        if (reference.qualifier !== undefined) {
          throw invalidParameter(
            'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
          );
        }
        const input = readInput(request, z.strictObject({ ReservedConcurrentExecutions: z.int() }));
        reserveConcurrency(functions, record, input.ReservedConcurrentExecutions);
        return { body: input };
      },
    },
    {
      method: 'GET',
      path: `/2019-09-30/functions/{name}/concurrency`,
      handle(request, parameters) {
        return {
          body: {
            ReservedConcurrentExecutions: resolveTarget(functions, request, parameters).record.reservedConcurrency,
          },
        };
      },
    },
    {
      method: 'DELETE',
      path: `/2017-10-31/functions/{name}/concurrency`,
      handle(request, parameters) {
        reserveConcurrency(functions, resolveTarget(functions, request, parameters).record, undefined);
        return { status: 204 };
      },
    },
  ];
}

function tagRoutes(functions: FunctionStore): RestRoute[] {
  const path = '/2017-03-31/tags/{arn+}';
  const find = (request: AwsRequest, { arn = '' }: PathParameters): FunctionRecord => {
    const reference = parseFunctionName(arn);
    if (reference.qualifier === undefined) return functions.get(reference, request.region);
    throw invalidParameter('Tags on function aliases and versions are not supported. Please specify a function ARN.');
  };
  return [
    { method: 'GET', path, handle: (request, parameters) => ({ body: { Tags: find(request, parameters).tags } }) },
    {
      method: 'POST',
      path,
      handle(request, parameters) {
        const { Tags } = readInput(request, z.strictObject({ Tags: z.record(z.string(), z.string()) }));
        const record = find(request, parameters);
        record.tags = { ...record.tags, ...Tags };
        functions.changed();
        return { status: 204 };
      },
    },
    {
      method: 'DELETE',
      path,
      handle(request, parameters) {
        const record = find(request, parameters);
        const removed = new Set(request.query.getAll('tagKeys'));
        record.tags = Object.fromEntries(Object.entries(record.tags).filter(([key]) => !removed.has(key)));
        functions.changed();
        return { status: 204 };
      },
    },
  ];
}

function accountRoute(functions: FunctionStore): RestRoute {
  return {
    method: 'GET',
    path: '/2016-08-19/account-settings',
    handle() {
      const all = functions.all();
      const reserved = all.reduce((sum, { reservedConcurrency = 0 }) => sum + reservedConcurrency, 0);
      return {
        body: {
          AccountLimit: {
            TotalCodeSize: 80_530_636_800,
            CodeSizeUnzipped: 262_144_000,
            CodeSizeZipped: 52_428_800,
            ConcurrentExecutions: accountConcurrency,
            UnreservedConcurrentExecutions: accountConcurrency - reserved,
          },
          AccountUsage: {
            TotalCodeSize: all.reduce((sum, { latest }) => sum + latest.codeSize, 0),
            FunctionCount: all.length,
          },
        },
      };
    },
  };
}

/** What deploy tools ask of every function and that is always at its default here. */
function defaultsRoutes(functions: FunctionStore): RestRoute[] {
  return [
    {
      method: 'GET',
      path: `/2020-06-30/functions/{name}/code-signing-config`,
      handle: (request, parameters) => ({
        body: { FunctionName: resolveTarget(functions, request, parameters).record.name },
      }),
    },
    {
      method: 'GET',
      path: `/2021-07-20/functions/{name}/runtime-management-config`,
      handle: (request, parameters) => ({
        body: { UpdateRuntimeOn: 'Auto', FunctionArn: resolveTarget(functions, request, parameters).arn },
      }),
    },
    {
      method: 'GET',
      path: `/2024-08-31/functions/{name}/recursion-config`,
      handle(request, parameters) {
        resolveTarget(functions, request, parameters);
        return { body: { RecursiveLoop: 'Terminate' } };
      },
    },
  ];
}
