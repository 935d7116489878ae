import { expect, test } from '@jest/globals';
import { clientConfig } from './client-config.ts';
import { askEndpoint, endpointUrl } from './endpoint-url.ts';

const elsewhere = 'http://127.0.0.1:1';
const none = { region: undefined, endpointUrl: undefined };

test('the endpoint is where the command line says, else the environment, else at its own port', () => {
  const both = { AWS_ENDPOINT_URL: 'http://localhost:4568', EDGE_PORT: '4567' };
  expect(endpointUrl(`${elsewhere}/`, both)).toBe(elsewhere);
  expect(endpointUrl(undefined, both)).toBe('http://localhost:4568');
  expect(endpointUrl(undefined, { AWS_ENDPOINT_URL: '', EDGE_PORT: '4567' })).toBe('http://localhost:4567');
  expect(endpointUrl(undefined, {})).toBe('http://localhost:4566');
  expect(() => endpointUrl('4567', {})).toThrow(/something like http:\/\/localhost:4566, not "4567"/);
});

test('the error for an endpoint that does not answer has its address, and what to do', async () => {
  const expected = { message: `No endpoint answers at ${elsewhere}. Start it first: npm start -- --port 1` };
  await expect(askEndpoint(elsewhere, '/_local/iam')).rejects.toMatchObject(expected);
});

test('stage local is at the endpoint and in its region, whatever region the environment is for', () => {
  const environment = { AWS_REGION: 'eu-west-1', EDGE_PORT: '4567' };
  const { region, endpoint } = clientConfig({ stage: 'local', ...none }, environment);
  expect([region, endpoint]).toStrictEqual(['us-east-1', 'http://localhost:4567']);
  const given = clientConfig({ stage: 'local', ...none, region: 'eu-north-1' }, environment);
  expect(given.region).toBe('eu-north-1');
});

test('any other stage is on AWS, unless an endpoint is named', () => {
  const environment = { AWS_REGION: 'eu-west-1', EDGE_PORT: '4567' };
  expect(clientConfig({ stage: 'dev', ...none }, environment)).toStrictEqual({ region: 'eu-west-1' });
  const named = { region: 'us-east-1', endpoint: elsewhere };
  expect(clientConfig({ stage: 'dev', ...none }, { AWS_ENDPOINT_URL: elsewhere })).toStrictEqual(named);
  expect(clientConfig({ stage: 'dev', ...none, endpointUrl: elsewhere }, {})).toStrictEqual(named);
});
