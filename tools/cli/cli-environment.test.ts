import { describe, expect, it } from '@jest/globals';
import { cliEnvironment } from './cli-environment.ts';

describe('the environment of the Serverless CLI', () => {
  const environmentOf = (stage: string, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
    cliEnvironment('/clone', ['deploy', '--stage', stage], environment);

  it('is one’s own on AWS', () => {
    const own = { AWS_PROFILE: 'mine', AWS_REGION: 'eu-west-1', EDGE_PORT: '4567' };
    expect(environmentOf('dev', own)).toStrictEqual(own);
  });

  it('leads to the endpoint for stage local, whatever leads elsewhere', () => {
    const credentials = { AWS_PROFILE: 'mine', AWS_SESSION_TOKEN: 'mine', AWS_ENDPOINT_URL_S3: 'https://elsewhere' };
    const proxy = 'http://proxy:3128';
    const proxies = { HTTP_PROXY: proxy, https_proxy: proxy, ALL_PROXY: proxy, proxy };
    const environment = environmentOf('local', { ...credentials, ...proxies, AWS_REGION: 'eu-west-1', HOME: '/home' });
    for (const name of Object.keys({ ...credentials, ...proxies })) expect(environment[name]).toBeUndefined();
    const { AWS_REGION, AWS_ENDPOINT_URL, HOME } = environment;
    expect([AWS_REGION, AWS_ENDPOINT_URL, HOME]).toStrictEqual(['us-east-1', 'http://localhost:4566', '/home']);
    expect(environmentOf('local', { EDGE_PORT: '4567' }).AWS_ENDPOINT_URL).toBe('http://localhost:4567');
  });

  it('takes no EDGE_PORT for the usual one, and refuses what is no port', () => {
    expect(environmentOf('local', { EDGE_PORT: '' }).AWS_ENDPOINT_URL).toBe('http://localhost:4566');
    for (const EDGE_PORT of ['abc', '0', '70000', '4566.5']) {
      const message = `EDGE_PORT must be a number from 1 to 65535, not "${EDGE_PORT}".`;
      expect(() => environmentOf('local', { EDGE_PORT })).toThrow(expect.objectContaining({ message }));
    }
  });

  it('forces no colours on what is read by a program', () => {
    for (const stage of ['local', 'dev']) {
      expect(environmentOf(stage, { FORCE_COLOR: '1' }).FORCE_COLOR).toBeUndefined();
      expect(environmentOf(stage, { FORCE_COLOR: '0' }).FORCE_COLOR).toBe('0');
    }
  });
});
