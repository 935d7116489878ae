import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import * as z from 'zod';
import { faultsOf, faultsOfStage, givenParameters, readParameters } from './parameters.ts';

const stages = z
  .record(z.string(), z.record(z.string(), z.unknown()))
  .parse(parse(readFileSync('shared/serverless/params.yml', 'utf8')));
const schema = z.looseObject({}).parse(parse(readFileSync('shared/serverless/params.schema.yml', 'utf8')));
const { local, ...deployed } = stages;
const issuer = { oidcIssuer: 'https://id.example.com', oidcAudience: 'shop' };
const faultsWith = (given: object) => faultsOf({ ...stages.default, ...given });

describe('the parameters of a deploy', () => {
  it('are right as they come, for every stage', () => {
    const faults = Object.entries(deployed).map(([stage, parameters]) => ({ stage, faults: faultsWith(parameters) }));
    expect(faults).toStrictEqual(Object.keys(deployed).map((stage) => ({ stage, faults: [] })));
    expect(faultsWith({ ...local, oidcIssuer: 'http://localhost:4566/_local/oidc' })).toStrictEqual([]);
  });

  it('are all of them described', () => {
    const { properties } = z.object({ properties: z.record(z.string(), z.unknown()) }).parse(schema);
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys({ ...stages.default, ...local })));
  });

  it('are described by a JSON schema', () => {
    const ajv = new Ajv2020();
    void ajv.validateSchema(schema);
    expect(ajv.errors).toBeNull();
  });

  it('are refused by name when nothing knows them', () => {
    expect(faultsWith({ memorysize: 512 })).toStrictEqual(['there is no parameter memorysize']);
  });

  it('may be text, as the command line has them', () => {
    const text = { memorySize: '1024', tracing: 'false', throttlingRateLimit: '12.5', auth: 'iam' };
    expect(faultsWith(text)).toStrictEqual([]);
    expect(faultsWith({ memorySize: 'much', tracing: 'perhaps' })).toHaveLength(2);
  });

  it('are refused when a misspelling would leave the APIs open', () => {
    expect(faultsWith({ auth: 'JWT' })).toStrictEqual([
      'the parameter auth is "JWT", but must be equal to one of the allowed values: none, jwt, cognito, lambda, iam',
    ]);
  });

  it('are refused when one lacks another that it needs', () => {
    const arn = (resource: string) => `arn:aws:${resource}`;
    const pool = { auth: 'cognito', userPoolArn: arn('cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_a') };
    const domain = { domainName: 'api.example.com' };
    const certificateArn = arn('acm:eu-west-1:123456789012:certificate/a');
    const cases: readonly (readonly [object, boolean])[] = [
      [{ auth: 'jwt' }, false],
      [{ auth: 'jwt', ...issuer }, true],
      [{ auth: 'lambda' }, false],
      [{ auth: 'lambda', authorizerFunctionArn: arn('lambda:eu-west-1:123456789012:function:mine') }, true],
      [{ auth: 'cognito' }, true],
      [{ ...issuer, auth: 'jwt', morningPlan: 'true' }, false],
      [{ ...issuer, auth: 'jwt', morningPlan: 'true', morningPlanUser: 'alice' }, true],
      [{ morningPlan: 'true' }, true],
      [pool, false],
      [{ auth: 'cognito', userPoolClientId: 'client' }, false],
      [{ ...pool, userPoolClientId: 'client' }, true],
      [domain, false],
      [{ ...domain, certificateArn }, true],
      [{ hostedZoneId: 'Z123' }, false],
      [{ ...domain, certificateArn, hostedZoneId: 'Z123' }, true],
      [{ webAclLogs: 'true', webAcl: 'managed' }, true],
      [{ webAclLogs: 'false' }, true],
      [{ webAclLogs: true }, false],
    ];
    for (const [given, isRight] of cases) {
      expect({ given, isRight: faultsWith(given).length === 0 }).toStrictEqual({ given, isRight });
    }
  });

  it('name the parameters that they need', () => {
    expect(faultsWith({ auth: 'jwt', hostedZoneId: 'Z123' })).toStrictEqual([
      'auth=jwt needs the parameter oidcIssuer',
      'auth=jwt needs the parameter oidcAudience',
      'hostedZoneId needs the parameter domainName',
    ]);
    expect(faultsWith({ webAclLogs: 'true' })).toStrictEqual(['webAclLogs needs webAcl=managed']);
    expect(faultsWith({ auth: 'lambda' })).toStrictEqual(['auth=lambda needs the parameter authorizerFunctionArn']);
  });

  it('are refused where the name of the stage cannot be in the domain of a user pool', () => {
    for (const stage of ['Dev', 'my_stage', 'aws-test']) {
      expect(faultsOfStage(stage, { auth: 'cognito' })[0] ?? '').toMatch(new RegExp(`^the stage ${stage} cannot be`));
      expect(faultsOfStage(stage, { auth: 'cognito', userPoolArn: 'arn' })).toStrictEqual([]);
      expect(faultsOfStage(stage, { auth: 'jwt' })).toStrictEqual([]);
    }
    expect(faultsOfStage('feature-42', { auth: 'cognito' })).toStrictEqual([]);
  });

  it('are refused with a stage whose name makes those of roles too long', () => {
    expect(faultsOfStage('x'.repeat(23), {})).toStrictEqual([]);
    expect(faultsOfStage('x'.repeat(24), {})[0]).toMatch(/has 24 characters: it can have 23, .* IAM allows these 64/);
  });

  it('are refused whether they are of the stage, the defaults or the command line', () => {
    const read = (given: string | readonly string[] = [], own: object = {}, stage = 'dev') =>
      readParameters(stage, stages.default, own, givenParameters(given));
    expect(read(['auth=jwt', 'oidcIssuer=https://id.example.com/?a=b', 'oidcAudience=shop']).auth).toBe('jwt');
    expect(read('throttlingRateLimit=12.5', { throttlingRateLimit: 'much' }).throttlingRateLimit).toBe(12.5);
    expect(read('tracing=false').tracing).toBe(false);
    expect(() => read([], { auht: 'jwt' })).toThrow('there is no parameter auht');
    expect(() => read('auht=jwt')).toThrow('there is no parameter auht');
    expect(() => read('auth=cognito', {}, 'My_Stage')).toThrow(/the stage My_Stage cannot be in the domain/);
  });
});
