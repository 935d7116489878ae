import { GetFunctionConcurrencyCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, it } from '@jest/globals';
import { useEndpoint } from 'local-aws/testing';
import { deployServices } from '#test/support/deploy-services.ts';
import { sendTo } from '#test/support/service-client.ts';
import { stackOutputs } from '#test/support/stack-outputs.ts';
import { clientsOf, services, statusesOf } from './two-services.fixture.ts';

describe('with a domain as the only address, a budget and reserved concurrency', () => {
  const stage = useEndpoint({
    url: false,
    deploy: deployServices(services, {
      disableExecuteApiEndpoint: 'true',
      monthlyBudget: '50',
      reservedConcurrency: '2',
    }),
  });

  it('an API answers on the domain, and not at the address that API Gateway gives it', async () => {
    expect(await statusesOf(await clientsOf(stage.url), {})).toStrictEqual([403, 404]);
    const headers = { host: 'api.localhost' };
    for (const path of ['/tasks/tasks', '/friends/friends/alice']) {
      expect((await sendTo(stage.url + path, { headers })).statusCode).toBe(200);
    }
  });

  it('the outputs have the address of the domain', async () => {
    const outputs = await Promise.all(services.map((name) => stackOutputs(`${name}-local`, stage.url)));
    expect([outputs[0]?.get('ServiceEndpoint'), outputs[1]?.get('HttpApiUrl')]).toStrictEqual([
      'https://api.localhost/tasks',
      'https://api.localhost/friends',
    ]);
  });

  it('functions behind an API have a part of the concurrency, and consumers what is left', async () => {
    const reserved = async (FunctionName: string) => {
      const command = new GetFunctionConcurrencyCommand({ FunctionName });
      return (await stage.client(LambdaClient).send(command)).ReservedConcurrentExecutions;
    };
    expect(await reserved('tasks-local-listTasks')).toBe(2);
    expect(await reserved('friends-local-applyAction')).toBeUndefined();
  });
});
