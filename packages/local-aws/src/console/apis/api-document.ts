import type { RouteAccess } from '../../core/web.ts';

type Described = { readonly name: string; readonly path: string; readonly routes: readonly RouteAccess[] };

const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'] as const;
/** What ANY is shown as. */
const common = ['get', 'post', 'put', 'delete'] as const;

/** An OpenAPI document of the routes of an API, for one that came without. @param path of the API below the endpoint */
export function documentOfRoutes({ name, path, routes }: Described): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const template = route.path.replaceAll(/\{(\w+)\+\}/g, '{$1}');
    const item = paths[template] ?? {};
    paths[template] = item;
    for (const method of methodsOf(route.method)) item[method] = operationOf(route, template, method);
  }
  return {
    openapi: '3.1.0',
    info: { title: name, version: 'deployed' },
    servers: [{ url: path }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
      },
    },
  };
}

/** The document that an API came with, at the address where it runs. */
export function documentAt(document: object, path: string): object {
  return { ...document, servers: [{ url: path }] };
}

function methodsOf(method: string): readonly string[] {
  if (method === 'ANY') return common;
  const name = method.toLowerCase();
  return methods.filter((known) => known === name);
}

function operationOf({ authorization, apiKey }: RouteAccess, template: string, method: string): object {
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const security = [
    ...(authorization === 'token' || authorization === 'function' ? [{ bearer: [] }] : []),
    ...(apiKey !== undefined ? [{ apiKey: [] }] : []),
  ];
  const hasBody = method === 'post' || method === 'put' || method === 'patch';
  return {
    summary: `${method.toUpperCase()} ${template}`,
    ...(names.length > 0 && {
      parameters: names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    }),
    ...(hasBody && { requestBody: { content: { 'application/json': { schema: {} } } } }),
    ...(security.length > 0 && { security }),
    responses: { default: { description: 'What the integration answers' } },
  };
}
