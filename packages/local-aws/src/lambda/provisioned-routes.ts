import * as z from 'zod';
import type { AwsRequest } from '../core/aws-api.ts';
import type { Clock } from '../core/clock.ts';
import type { PathParameters } from '../core/path-template.ts';
import type { RestRoute } from '../core/rest-protocol.ts';
import { unpublished } from './check-provisioned.ts';
import { functionArn, parseFunctionName } from './function-name.ts';
import type { FunctionRecord } from './function-record.ts';
import { type FunctionStore, notFound } from './function-store.ts';
import { deleteProvisioned, provisionedView, putProvisioned } from './provisioned-actions.ts';
import type { ProvisionedEnvironments } from './provisioned-environments.ts';
import { invalidParameter, pageOf, queryOf, readInput } from './rest-input.ts';

type Options = {
  readonly functions: FunctionStore;
  readonly environments: ProvisionedEnvironments;
  readonly clock: Clock;
};

/** Provisioned concurrency of versions and aliases. */
export function provisionedRoutes({ functions, environments, clock }: Options): RestRoute[] {
  const path = '/2019-09-30/functions/{name}/provisioned-concurrency';
  return [
    {
      method: 'PUT',
      path,
      handle(request, parameters) {
        const input = readInput(request, z.strictObject({ ProvisionedConcurrentExecutions: z.int() }));
        const { record, qualifier } = find(functions, request, parameters, unpublished);
        const requested = input.ProvisionedConcurrentExecutions;
        putProvisioned(functions, record, { qualifier, requested, now: clock.now() });
        return { status: 202, body: provisionedView(environments, record, qualifier) };
      },
    },
    {
      method: 'GET',
      path,
      handle(request, parameters) {
        if (queryOf(request, 'List') === 'ALL') return { body: list(request, parameters) };
        const { record, qualifier } = find(functions, request, parameters, unqualified);
        return { body: provisionedView(environments, record, qualifier) };
      },
    },
    {
      method: 'DELETE',
      path,
      handle(request, parameters) {
        const { record, qualifier } = find(functions, request, parameters, unqualified);
        deleteProvisioned(functions, record, qualifier);
        return { status: 204 };
      },
    },
  ];

  function list(request: AwsRequest, { name = '' }: PathParameters): object {
    const record = functions.get({ ...parseFunctionName(name), qualifier: undefined }, request.region);
    const { page, marker } = pageOf(request, Object.keys(record.provisioned));
    const ProvisionedConcurrencyConfigs = page.map((qualifier) => ({
      FunctionArn: `${record.arn}:${qualifier}`,
      ...provisionedView(environments, record, qualifier),
    }));
    return { ProvisionedConcurrencyConfigs, ...marker };
  }
}

function unqualified(): Error {
  return invalidParameter('The function resource provided must be an alias or a published version.');
}

/** The version or alias that a call names. @throws AwsError, the result of `refusal` for `$LATEST` */
function find(
  functions: FunctionStore,
  request: AwsRequest,
  { name = '' }: PathParameters,
  refusal: () => Error,
): { record: FunctionRecord; qualifier: string } {
  const reference = parseFunctionName(name, queryOf(request, 'Qualifier'));
  const { qualifier } = reference;
  if (qualifier === undefined || qualifier === '$LATEST') throw refusal();
  if (/^\d+$/.test(qualifier)) return { record: functions.resolve(reference, request.region).record, qualifier };
  const record = functions.find(reference.name);
  if (record?.aliases.some((alias) => alias.name === qualifier) === true) return { record, qualifier };
  throw notFound(`Cannot find alias arn: ${functionArn(request.region, reference.name, qualifier)}`);
}
