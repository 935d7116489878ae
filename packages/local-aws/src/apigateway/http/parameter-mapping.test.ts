import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventOf, startTestApi } from './test-api.ts';

describe('parameter mapping', () => {
  it('changes what the integration gets', async (t) => {
    const api = await startTestApi(t, { functions: { run: () => 'ok' } });
    const apiId = await api.makeApi({}, { StageVariables: { color: 'blue' } });
    await api.makeRoute(apiId, 'POST /pets/{id}', 'run', {
      integration: {
        RequestParameters: {
          'append:header.x-list': '$request.header.x-one',
          'overwrite:header.x-static': 'fixed',
          // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of a parameter mapping
          'overwrite:header.x-mixed': '${request.path.id}-${stageVariables.color}-${context.routeKey}',
          'overwrite:header.x-body': '$request.body.owner.names[1]',
          'overwrite:header.x-missing': '$request.body.nothing',
          'remove:header.x-secret': "''",
          'overwrite:querystring.q': '$request.querystring.old',
          'remove:querystring.old': "''",
          'overwrite:path': '/animals/$request',
        },
      },
    });
    await api.send(apiId, '/pets/7?old=a%20b', {
      method: 'POST',
      headers: { 'x-list': 'first', 'x-one': 'second', 'x-secret': '1' },
      body: '{"owner":{"names":["a","b"]}}',
    });
    const [invocation] = api.invocations;
    assert.ok(invocation);
    const event = eventOf(invocation);
    const headers = new Map(Object.entries(event.headers ?? {}));
    assert.equal(headers.get('x-list'), 'first,second');
    assert.equal(headers.get('x-static'), 'fixed');
    assert.equal(headers.get('x-mixed'), '7-blue-POST /pets/{id}');
    assert.equal(headers.get('x-body'), 'b');
    assert.equal(headers.has('x-missing') || headers.has('x-secret'), false);
    assert.deepEqual(event.queryStringParameters, { q: 'a b' });
    assert.equal(event.rawQueryString, 'q=a+b');
    assert.equal(event.rawPath, '/animals/$request');
  });

  it('changes what the client gets, by the status of the integration', async (t) => {
    const answer = { statusCode: 404, headers: { 'x-inner': 'i', 'x-gone': '1' }, body: '{"code":"E1"}' };
    const api = await startTestApi(t, { functions: { run: () => answer } });
    const apiId = await api.makeApi();
    const mapping = (Destination: string, Source: string) => ({ Destination, Source });
    await api.makeRoute(apiId, 'GET /', 'run', {
      integration: {
        ResponseParameters: {
          '404': {
            ResponseParameters: [
              mapping('overwrite:statuscode', '410'),
              mapping('append:header.x-code', '$response.body.code'),
              mapping('overwrite:header.x-copy', '$response.header.x-inner'),
              mapping('remove:header.x-gone', "''"),
            ],
          },
          '200': { ResponseParameters: [mapping('overwrite:statuscode', '500')] },
        },
      },
    });
    const { status, headers } = await api.send(apiId, '/');
    assert.equal(status, 410);
    assert.deepEqual([headers['x-code'], headers['x-copy'], headers['x-gone']], ['E1', 'i', undefined]);
  });

  it('refuses destinations that API Gateway refuses', async (t) => {
    const api = await startTestApi(t);
    const apiId = await api.makeApi();
    for (const destination of [
      'header.x',
      'set:header.x',
      'append:path',
      'overwrite:statuscode',
      'overwrite:header.Authorization',
      'overwrite:header.x-amzn-trace-id',
      'remove:header.X-Forwarded-For',
    ]) {
      const integration = { RequestParameters: { [destination]: 'x' } };
      await assert.rejects(
        api.makeRoute(apiId, 'GET /', 'run', { integration }),
        { code: 'BadRequestException' },
        destination,
      );
    }
  });
});
