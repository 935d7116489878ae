import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientConfig } from './client-config.ts';
import { askEndpoint, endpointUrl } from './endpoint-url.ts';

const elsewhere = 'http://127.0.0.1:1';
const none = { region: undefined, endpointUrl: undefined };

test('the endpoint is where the command line says, else the environment, else at its own port', () => {
  const both = { AWS_ENDPOINT_URL: 'http://localhost:4568', EDGE_PORT: '4567' };
  assert.equal(endpointUrl(`${elsewhere}/`, both), elsewhere);
  assert.equal(endpointUrl(undefined, both), 'http://localhost:4568');
  assert.equal(endpointUrl(undefined, { AWS_ENDPOINT_URL: '', EDGE_PORT: '4567' }), 'http://localhost:4567');
  assert.equal(endpointUrl(undefined, {}), 'http://localhost:4566');
  assert.throws(() => endpointUrl('4567', {}), /something like http:\/\/localhost:4566, not "4567"/);
});

test('an endpoint that does not answer is told by its address, with what to do', async () => {
  const expected = { message: `No endpoint answers at ${elsewhere}. Start it first: npm start` };
  await assert.rejects(askEndpoint(elsewhere, '/_local/iam'), expected);
});

test('stage local is at the endpoint and in its region, whatever region the environment is for', () => {
  const environment = { AWS_REGION: 'eu-west-1', EDGE_PORT: '4567' };
  const { region, endpoint } = clientConfig({ stage: 'local', ...none }, environment);
  assert.deepEqual([region, endpoint], ['us-east-1', 'http://localhost:4567']);
  const given = clientConfig({ stage: 'local', ...none, region: 'eu-north-1' }, environment);
  assert.equal(given.region, 'eu-north-1');
});

test('any other stage is on AWS, unless an endpoint is named', () => {
  const environment = { AWS_REGION: 'eu-west-1', EDGE_PORT: '4567' };
  assert.deepEqual(clientConfig({ stage: 'dev', ...none }, environment), { region: 'eu-west-1' });
  const named = { region: 'us-east-1', endpoint: elsewhere };
  assert.deepEqual(clientConfig({ stage: 'dev', ...none }, { AWS_ENDPOINT_URL: elsewhere }), named);
  assert.deepEqual(clientConfig({ stage: 'dev', ...none, endpointUrl: elsewhere }, {}), named);
});
