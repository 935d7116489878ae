import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { loadContract } from '#test/support/openapi-contract.ts';
import { serviceClient } from '#test/support/service-client.ts';
import { specifiedServices } from './exercise-services.ts';

/** Required query parameters that lead to an answer about data. */
const query: Readonly<Record<string, string>> = { userType: 'CUSTOMER', username: `smoke-${randomUUID()}` };

/** Ids of the form that an API asks for; all others are UUIDs. */
const ids: Readonly<Record<string, string>> = { order_id: '0ujtsYcgvSTl8PAuAdqWYSMnLOv' };

/** Also where callers need a token: then the authorizer answers. */
const healthy = [200, 401, 403, 404];

// Reads only: it runs after each deploy, also of a stage with users.
it.each(specifiedServices)('%s answers a read as its specification says', async (service) => {
  const contract = loadContract(`${service}.yml`);
  const client = await serviceClient(service);
  const reads = contract.operations.filter(({ method }) => method === 'GET');
  expect(reads.length).toBeGreaterThan(0);
  for (const { operationId, path, query: parameters } of reads) {
    const required = parameters.filter((parameter) => parameter.required).map(({ name }) => [name, query[name] ?? '']);
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) => ids[name] ?? randomUUID());
    const answer = await client.send({ path: `${filled}?${new URLSearchParams(Object.fromEntries(required))}` });
    expect({ operationId, ...answer, isHealthy: healthy.includes(answer.statusCode) }).toMatchObject({
      isHealthy: true,
    });
    contract.checkAnswer(operationId, answer);
  }
});
