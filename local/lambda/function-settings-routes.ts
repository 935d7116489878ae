import * as z from 'zod';
import type { AwsRequest } from '../core/aws-api.ts';
import type { Clock } from '../core/clock.ts';
import type { RestParameters, RestRoute } from '../core/rest-protocol.ts';
import { aliasView, createAlias, deleteAlias, getAlias, updateAlias } from './alias-actions.ts';
import { accountConcurrency } from './concurrency.ts';
import {
  deleteEventInvokeConfig,
  eventInvokeView,
  getEventInvokeConfig,
  putEventInvokeConfig,
} from './event-invoke-actions.ts';
import { constraintError, parseFunctionName } from './function-name.ts';
import type { FunctionRecord } from './function-record.ts';
import { resolveTarget } from './function-routes.ts';
import type { FunctionStore, Target } from './function-store.ts';
import { addPermission, policyView, removePermission } from './permission-actions.ts';
import { policyKey } from './resource-policy.ts';
import { invalidParameter, pageOf, queryOf, readInput } from './rest-input.ts';

const optionalText = z.string().optional();

const aliasInput = {
  FunctionVersion: optionalText,
  Description: optionalText,
  RoutingConfig: z
    .strictObject({ AdditionalVersionWeights: z.record(z.string(), z.number()).nullish() })
    .nullish()
    .transform((routing) => (routing == null ? undefined : (routing.AdditionalVersionWeights ?? {}))),
};
const updateAliasInput = z.strictObject({ ...aliasInput, RevisionId: optionalText });
const createAliasInput = z.strictObject({ ...aliasInput, Name: z.string(), FunctionVersion: z.string() });

const permissionInput = z.strictObject({
  StatementId: z.string(),
  Action: z.string(),
  Principal: z.string(),
  SourceArn: optionalText,
  SourceAccount: optionalText,
  RevisionId: optionalText,
});

const destination = z.strictObject({ Destination: optionalText }).optional();
const eventInvokeInput = z.strictObject({
  MaximumRetryAttempts: z.int().optional(),
  MaximumEventAgeInSeconds: z.int().optional(),
  DestinationConfig: z.strictObject({ OnSuccess: destination, OnFailure: destination }).optional(),
});

const functionPath = '/functions/{name}';

/** What hangs on a function: aliases, its policy, concurrency, asynchronous invocation, tags; and the account's numbers. */
export function functionSettingsRoutes(functions: FunctionStore, clock: Clock): RestRoute[] {
  const target = (request: AwsRequest, parameters: RestParameters): Target =>
    resolveTarget(functions, request, parameters);
  return [
    ...aliasRoutes(functions, target),
    ...permissionRoutes(functions, target),
    ...concurrencyRoutes(functions, target),
    ...eventInvokeRoutes(functions, clock, target),
    ...tagRoutes(functions),
    accountRoute(functions),
    ...defaultsRoutes(target),
  ];
}

type FindTarget = (request: AwsRequest, parameters: RestParameters) => Target;

function aliasRoutes(functions: FunctionStore, target: FindTarget): RestRoute[] {
  const path = `/2015-03-31${functionPath}/aliases`;
  return [
    {
      method: 'POST',
      path,
      handle(request, parameters) {
        const { record } = target(request, parameters);
        const { Name, RoutingConfig: weights, ...settings } = readInput(request, createAliasInput);
        const alias = createAlias(record, Name, { ...settings, weights });
        functions.changed();
        return { status: 201, body: aliasView(record, alias) };
      },
    },
    {
      method: 'GET',
      path,
      handle(request, parameters) {
        const { record } = target(request, parameters);
        const version = queryOf(request, 'FunctionVersion');
        const aliases = record.aliases.filter((alias) => version === undefined || alias.version === version);
        const { page, marker } = pageOf(request, aliases);
        return { body: { Aliases: page.map((alias) => aliasView(record, alias)), ...marker } };
      },
    },
    {
      method: 'GET',
      path: `${path}/{alias}`,
      handle(request, parameters) {
        const { record } = target(request, parameters);
        return { body: aliasView(record, getAlias(record, parameters.alias ?? '')) };
      },
    },
    {
      method: 'PUT',
      path: `${path}/{alias}`,
      handle(request, parameters) {
        const { record } = target(request, parameters);
        const { RoutingConfig: weights, ...settings } = readInput(request, updateAliasInput);
        const alias = updateAlias(record, parameters.alias ?? '', { ...settings, weights });
        functions.changed();
        return { body: aliasView(record, alias) };
      },
    },
    {
      method: 'DELETE',
      path: `${path}/{alias}`,
      handle(request, parameters) {
        deleteAlias(target(request, parameters).record, parameters.alias ?? '');
        functions.changed();
        return { status: 204 };
      },
    },
  ];
}

function permissionRoutes(functions: FunctionStore, target: FindTarget): RestRoute[] {
  const path = `/2015-03-31${functionPath}/policy`;
  return [
    {
      method: 'POST',
      path,
      handle(request, parameters) {
        const statement = addPermission(target(request, parameters), readInput(request, permissionInput));
        functions.changed();
        return { status: 201, body: { Statement: JSON.stringify(statement) } };
      },
    },
    {
      method: 'GET',
      path,
      handle(request, parameters) {
        const { record, qualifier } = target(request, parameters);
        return { body: policyView(record, qualifier) };
      },
    },
    {
      method: 'DELETE',
      path: `${path}/{sid}`,
      handle(request, parameters) {
        removePermission(target(request, parameters), parameters.sid ?? '', queryOf(request, 'RevisionId'));
        functions.changed();
        return { status: 204 };
      },
    },
  ];
}

function concurrencyRoutes(functions: FunctionStore, target: FindTarget): RestRoute[] {
  return [
    {
      method: 'PUT',
      path: `/2017-10-31${functionPath}/concurrency`,
      handle(request, parameters) {
        const { record } = target(request, parameters);
        const input = readInput(request, z.strictObject({ ReservedConcurrentExecutions: z.int() }));
        reserveConcurrency(functions, record, input.ReservedConcurrentExecutions);
        return { body: input };
      },
    },
    {
      method: 'GET',
      path: `/2019-09-30${functionPath}/concurrency`,
      handle(request, parameters) {
        return { body: { ReservedConcurrentExecutions: target(request, parameters).record.reservedConcurrency } };
      },
    },
    {
      method: 'DELETE',
      path: `/2017-10-31${functionPath}/concurrency`,
      handle(request, parameters) {
        reserveConcurrency(functions, target(request, parameters).record, undefined);
        return { status: 204 };
      },
    },
  ];
}

export function reserveConcurrency(
  functions: FunctionStore,
  record: FunctionRecord,
  reserved: number | undefined,
): void {
  checkReservation(functions, record.name, reserved);
  record.reservedConcurrency = reserved;
  functions.changed();
}

/** @throws AwsError when too little would be left for functions without a reservation */
export function checkReservation(functions: FunctionStore, name: string, reserved: number | undefined): void {
  if (reserved !== undefined && reserved < 0) {
    throw constraintError(reserved, 'reservedConcurrentExecutions', 'value greater than or equal to 0');
  }
  const others = functions.all().filter((other) => other.name !== name);
  const total = others.reduce((sum, other) => sum + (other.reservedConcurrency ?? 0), reserved ?? 0);
  if (reserved !== undefined && total > accountConcurrency - 100) {
    throw invalidParameter(
      "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    );
  }
}

function eventInvokeRoutes(functions: FunctionStore, clock: Clock, target: FindTarget): RestRoute[] {
  const path = `/2019-09-25${functionPath}/event-invoke-config`;
  const put = (method: 'PUT' | 'POST'): RestRoute => ({
    method,
    path,
    handle(request, parameters) {
      const { record, qualifier } = target(request, parameters);
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
        const { record, qualifier } = target(request, parameters);
        return { body: eventInvokeView(record, policyKey(qualifier), getEventInvokeConfig(record, qualifier)) };
      },
    },
    {
      method: 'GET',
      path: `${path}/list`,
      handle(request, parameters) {
        const { record } = target(request, parameters);
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
        const { record, qualifier } = target(request, parameters);
        deleteEventInvokeConfig(record, qualifier);
        functions.changed();
        return { status: 204 };
      },
    },
  ];
}

function tagRoutes(functions: FunctionStore): RestRoute[] {
  const path = '/2017-03-31/tags/{arn+}';
  const find = (request: AwsRequest, { arn = '' }: RestParameters): FunctionRecord =>
    functions.get(parseFunctionName(arn), request.region);
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
function defaultsRoutes(target: FindTarget): RestRoute[] {
  return [
    {
      method: 'GET',
      path: `/2020-06-30${functionPath}/code-signing-config`,
      handle: (request, parameters) => ({ body: { FunctionName: target(request, parameters).record.name } }),
    },
    {
      method: 'GET',
      path: `/2021-07-20${functionPath}/runtime-management-config`,
      handle: (request, parameters) => ({
        body: { UpdateRuntimeOn: 'Auto', FunctionArn: target(request, parameters).arn },
      }),
    },
    {
      method: 'GET',
      path: `/2024-08-31${functionPath}/recursion-config`,
      handle(request, parameters) {
        target(request, parameters);
        return { body: { RecursiveLoop: 'Terminate' } };
      },
    },
  ];
}
