import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
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
    for (const [stage, parameters] of Object.entries(deployed)) assert.deepEqual(faultsWith(parameters), [], stage);
    assert.deepEqual(faultsWith({ ...local, oidcIssuer: 'http://localhost:4566/_local/oidc' }), []);
  });

  it('are all of them described', () => {
    const { properties } = z.object({ properties: z.record(z.string(), z.unknown()) }).parse(schema);
    for (const name of Object.keys({ ...stages.default, ...local })) assert.ok(name in properties, name);
  });

  it('are described by a JSON schema', () => {
    const ajv = new Ajv2020();
    assert.ok(ajv.validateSchema(schema), ajv.errorsText());
  });

  it('are refused by name when nothing knows them', () => {
    assert.deepEqual(faultsWith({ memorysize: 512 }), ['there is no parameter memorysize']);
  });

  it('may be text, as the command line has them', () => {
    const text = { memorySize: '1024', tracing: 'false', throttlingRateLimit: '12.5', auth: 'iam' };
    assert.deepEqual(faultsWith(text), []);
    assert.equal(faultsWith({ memorySize: 'much', tracing: 'perhaps' }).length, 2);
  });

  it('are refused when a misspelling would leave the APIs open', () => {
    assert.deepEqual(faultsWith({ auth: 'JWT' }), [
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
      [pool, false],
      [{ auth: 'cognito', userPoolClientId: 'client' }, false],
      [{ ...pool, userPoolClientId: 'client' }, true],
      [domain, false],
      [{ ...domain, certificateArn }, true],
      [{ hostedZoneId: 'Z123' }, false],
      [{ ...domain, certificateArn, hostedZoneId: 'Z123' }, true],
    ];
    for (const [given, isRight] of cases) {
      assert.equal(faultsWith(given).length === 0, isRight, JSON.stringify(given));
    }
  });

  it('are told what they need', () => {
    assert.deepEqual(faultsWith({ auth: 'jwt', hostedZoneId: 'Z123' }), [
      'auth=jwt needs the parameter oidcIssuer',
      'auth=jwt needs the parameter oidcAudience',
      'hostedZoneId needs the parameter domainName',
    ]);
    assert.deepEqual(faultsWith({ auth: 'lambda' }), ['auth=lambda needs the parameter authorizerFunctionArn']);
  });

  it('are refused where the name of the stage cannot be in the domain of a user pool', () => {
    for (const stage of ['Dev', 'my_stage', 'aws-test', 'x'.repeat(37)]) {
      assert.match(faultsOfStage(stage, { auth: 'cognito' })[0] ?? '', new RegExp(`^the stage ${stage} cannot be`));
      assert.deepEqual(faultsOfStage(stage, { auth: 'cognito', userPoolArn: 'arn' }), []);
      assert.deepEqual(faultsOfStage(stage, { auth: 'jwt' }), []);
    }
    assert.deepEqual(faultsOfStage('feature-42', { auth: 'cognito' }), []);
  });

  it('are refused whether they are of the stage, the defaults or the command line', () => {
    const read = (given: string | readonly string[] = [], own: object = {}, stage = 'dev') =>
      readParameters(stage, stages.default, own, givenParameters(given));
    assert.equal(read(['auth=jwt', 'oidcIssuer=https://id.example.com/?a=b', 'oidcAudience=shop']).auth, 'jwt');
    assert.equal(read('throttlingRateLimit=12.5', { throttlingRateLimit: 'much' }).throttlingRateLimit, 12.5);
    assert.equal(read('tracing=false').tracing, false);
    assert.throws(() => read([], { auht: 'jwt' }), { message: 'there is no parameter auht' });
    assert.throws(() => read('auht=jwt'), { message: 'there is no parameter auht' });
    assert.throws(() => read('auth=cognito', {}, 'My_Stage'), /the stage My_Stage cannot be in the domain/);
  });
});
