import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import * as z from 'zod';

const check = createRequire(import.meta.url)('./check-parameters.cjs');
const { faultsOf, faultsOfStage } = z
  .object({
    faultsOf: z.custom<(parameters: object) => readonly string[]>((value) => typeof value === 'function'),
    faultsOfStage: z.custom<(stage: string, parameters: object) => readonly string[]>(
      (value) => typeof value === 'function',
    ),
  })
  .parse({ ...check });
type Framework = {
  readonly options: { readonly param?: string | readonly string[] };
  readonly resolveConfigurationProperty: () => Promise<object>;
  readonly resolveVariable: () => Promise<string>;
};
const checkDeploy = z
  .custom<(framework: Framework) => Promise<unknown>>((value) => typeof value === 'function')
  .parse(check);
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

  it('stop the deploy, whether they are of the stage, the defaults or the command line', async () => {
    const deploy = (param?: string | readonly string[], own: object = {}, stage = 'dev') =>
      checkDeploy({
        options: { ...(param !== undefined && { param }) },
        resolveConfigurationProperty: async () => ({ ...stages, dev: own }),
        resolveVariable: async () => stage,
      });
    const jwt = ['auth=jwt', 'oidcIssuer=https://id.example.com/?a=b', 'oidcAudience=shop'];
    assert.equal(await deploy(), true);
    assert.equal(await deploy(jwt), true);
    assert.equal(await deploy('memorySize=512', { memorySize: 'much' }), true);
    await assert.rejects(deploy(undefined, { auht: 'jwt' }), { message: 'there is no parameter auht' });
    await assert.rejects(deploy('auht=jwt'), { message: 'there is no parameter auht', stack: undefined });
    await assert.rejects(deploy('auth=cognito', {}, 'My_Stage'), /^.*the stage My_Stage cannot be in the domain/);
  });
});
