import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateDeploymentCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
  DeleteApiCommand,
  DeleteRouteCommand,
  GetApiCommand,
  GetApiMappingsCommand,
  GetApisCommand,
  GetAuthorizersCommand,
  GetDeploymentsCommand,
  GetDomainNamesCommand,
  GetIntegrationsCommand,
  GetRouteCommand,
  GetRoutesCommand,
  GetStageCommand,
  GetStagesCommand,
  GetTagsCommand,
  GetVpcLinksCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateApiCommand,
  UpdateRouteCommand,
} from '@aws-sdk/client-apigatewayv2';
import { functionArn, startTestApi } from './test-api.ts';

async function start(t: TestContext) {
  const api = await startTestApi(t, { functions: { run: () => 'ok' } });
  const client = new ApiGatewayV2Client({
    endpoint: api.url(),
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  t.after(() => client.destroy());
  return { ...api, client };
}

describe('the API Gateway V2 API', () => {
  it('shows what CloudFormation made', async (t) => {
    const { client, makeApi, makeDomain, makeRoute, make } = await start(t);
    const ApiId = await makeApi({ CorsConfiguration: { AllowOrigins: ['*'] }, Tags: { service: 'shop' } });
    await makeRoute(ApiId, 'GET /x', 'run');
    const { Items: apis } = await client.send(new GetApisCommand({}));
    assert.deepEqual(
      apis?.map((api) => [api.ApiId, api.Name]),
      [[ApiId, 'shop']],
    );
    const api = await client.send(new GetApiCommand({ ApiId }));
    assert.equal(api.ProtocolType, 'HTTP');
    assert.equal(api.ApiEndpoint, `http://${ApiId}.execute-api.localhost`);
    assert.deepEqual(api.CorsConfiguration?.AllowOrigins, ['*']);
    assert.deepEqual(api.CreatedDate, new Date(Date.UTC(2026, 0, 1)));
    const { Items: routes } = await client.send(new GetRoutesCommand({ ApiId }));
    const { Items: integrations } = await client.send(new GetIntegrationsCommand({ ApiId }));
    assert.deepEqual(
      routes?.map(({ RouteKey }) => RouteKey),
      ['GET /x'],
    );
    assert.equal(routes?.[0]?.Target, `integrations/${integrations?.[0]?.IntegrationId}`);
    const { Items: stages } = await client.send(new GetStagesCommand({ ApiId }));
    assert.deepEqual(
      stages?.map(({ StageName, AutoDeploy }) => [StageName, AutoDeploy]),
      [['$default', true]],
    );
    assert.equal((await client.send(new GetStageCommand({ ApiId, StageName: '$default' }))).StageName, '$default');
    assert.deepEqual((await client.send(new GetAuthorizersCommand({ ApiId }))).Items, []);

    await makeDomain('api.localhost');
    const mapping = { ApiId, DomainName: 'api.localhost', Stage: '$default', ApiMappingKey: 'shop' };
    await make('AWS::ApiGatewayV2::ApiMapping', 'Mapping', mapping);
    const { Items: domains } = await client.send(new GetDomainNamesCommand({}));
    assert.equal(domains?.[0]?.DomainName, 'api.localhost');
    const { Items: mappings } = await client.send(new GetApiMappingsCommand({ DomainName: 'api.localhost' }));
    assert.equal(mappings?.[0]?.ApiMappingKey, 'shop');
  });

  it('makes an API step by step', async (t) => {
    const { client, send } = await start(t);
    const { ApiId = '' } = await client.send(new CreateApiCommand({ Name: 'hand-made', ProtocolType: 'HTTP' }));
    const { IntegrationId } = await client.send(
      new CreateIntegrationCommand({
        ApiId,
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: functionArn('run'),
        PayloadFormatVersion: '2.0',
      }),
    );
    const Target = `integrations/${IntegrationId}`;
    const { RouteId } = await client.send(new CreateRouteCommand({ ApiId, RouteKey: 'GET /x', Target }));
    const { DeploymentId } = await client.send(new CreateDeploymentCommand({ ApiId, Description: 'first' }));
    await client.send(new CreateStageCommand({ ApiId, StageName: '$default', DeploymentId }));
    assert.equal((await send(ApiId, '/x')).status, 200);
    const { Items: deployments } = await client.send(new GetDeploymentsCommand({ ApiId }));
    assert.deepEqual(
      deployments?.map(({ Description }) => Description),
      ['first'],
    );

    await client.send(new UpdateRouteCommand({ ApiId, RouteId, RouteKey: 'GET /y' }));
    assert.equal((await client.send(new GetRouteCommand({ ApiId, RouteId }))).Target, Target);
    await client.send(new UpdateApiCommand({ ApiId, Description: 'changed' }));
    const changed = await client.send(new GetApiCommand({ ApiId }));
    assert.deepEqual([changed.Name, changed.Description], ['hand-made', 'changed']);
    await client.send(new DeleteRouteCommand({ ApiId, RouteId }));
    await client.send(new DeleteApiCommand({ ApiId }));
    await assert.rejects(client.send(new GetApiCommand({ ApiId })), { name: 'NotFoundException' });
  });

  it('tags APIs and stages by ARN', async (t) => {
    const { client, makeApi } = await start(t);
    const apiId = await makeApi({ Tags: { a: '1' } });
    for (const ResourceArn of [
      `arn:aws:apigateway:us-east-1::/apis/${apiId}`,
      `arn:aws:apigateway:us-east-1::/apis/${apiId}/stages/$default`,
    ]) {
      await client.send(new TagResourceCommand({ ResourceArn, Tags: { b: '2', c: '3' } }));
      await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['a', 'c'] }));
      assert.deepEqual((await client.send(new GetTagsCommand({ ResourceArn }))).Tags, { b: '2' });
    }
  });

  it('refuses bad input and names what it does not do', async (t) => {
    const { client, makeApi } = await start(t);
    const ApiId = await makeApi();
    const socket = new CreateApiCommand({ Name: 'x', ProtocolType: 'WEBSOCKET' });
    await assert.rejects(client.send(socket), { name: 'BadRequestException' });
    const quick = new CreateApiCommand({ Name: 'x', ProtocolType: 'HTTP', Target: functionArn('run') });
    await assert.rejects(client.send(quick), /target/);
    const route = new CreateRouteCommand({ ApiId, RouteKey: 'nonsense' });
    await assert.rejects(client.send(route), { name: 'BadRequestException' });
    const twice = new CreateStageCommand({ ApiId, StageName: '$default' });
    await assert.rejects(client.send(twice), { name: 'ConflictException' });
    await assert.rejects(client.send(new GetVpcLinksCommand({})), /vpclinks/);
  });
});
