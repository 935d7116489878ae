import type { RouteAccess } from 'local-aws';
import { needsNoParameters, type Operation, readPaths } from './specification.ts';

/** A deployed service and what its routes ask of their callers. */
export type ExampleService = {
  readonly name: string;
  /** The address of its API. */
  readonly url: string;
  readonly routes: readonly RouteAccess[];
  /** The ARNs of its own functions. */
  readonly functionArns: readonly string[];
};

/** One command, and the scopes of the token that it needs, if it needs one of the local issuer. */
type Example = { readonly command: string; readonly scopes: readonly string[] | undefined };

/**
 * Two curl lines to try first: the example POST of the first service whose `openapi/<name>.yml` has one, and a GET that
 * needs no parameters, of another service if there is one. They carry what the deployed routes ask for; where that is
 * a token, a line that gets one comes first.
 *
 * @param endpointUrl of the endpoint, when it is not where `npm run token` looks by itself
 */
export function exampleRequests(
  root: string,
  services: readonly ExampleService[],
  endpointUrl?: string,
): readonly string[] {
  const examples = services.flatMap((service) => examplesOf(root, service));
  const create = examples.find((each) => each.create !== undefined);
  const read = examples.find((each) => each !== create && each.read !== undefined) ?? create;
  const chosen = [create?.create, read?.read].filter((example) => example !== undefined);
  const withToken = chosen.filter(({ scopes }) => scopes !== undefined);
  const lines = chosen.map(({ command }) => command);
  if (withToken.length === 0) return lines;
  const scopes = [...new Set(withToken.flatMap((example) => example.scopes ?? []))];
  const options = [
    '--sub alice',
    ...(scopes.length > 0 ? [`--scopes ${scopes.join()}`] : []),
    ...(endpointUrl === undefined ? [] : [`--endpoint-url ${endpointUrl}`]),
  ];
  return [`TOKEN=$(npm run -s token -- ${options.join(' ')})`, ...lines];
}

function examplesOf(root: string, service: ExampleService): { create?: Example; read?: Example }[] {
  const { name, routes } = service;
  const fixed = Object.entries(readPaths(root, name)).filter(
    // A service with two APIs has one specification for both.
    ([path]) => !path.includes('{') && (routes.length === 0 || routes.some((route) => route.path === path)),
  );
  const [create] = fixed.flatMap(([path, { post }]) => {
    const body = exampleBody(post);
    if (post === undefined || body === undefined) return [];
    const data = `-H 'content-type: application/json' -d ${quote(JSON.stringify(body))}`;
    return [exampleOf(service, { method: 'POST', path, operation: post, data })];
  });
  const [read] = fixed.flatMap(([path, { get }]) =>
    get === undefined || !needsNoParameters(get) ? [] : [exampleOf(service, { method: 'GET', path, operation: get })],
  );
  return [{ ...(create && { create }), ...(read && { read }) }];
}

function exampleOf(
  { url, routes, functionArns }: ExampleService,
  request: { method: 'GET' | 'POST'; path: string; operation: Operation; data?: string },
): Example {
  const {
    method,
    path,
    operation: { security },
    data,
  } = request;
  const route = routes.find((each) => each.path === path && (each.method === method || each.method === 'ANY'));
  const takesToken =
    route?.authorization === 'token' ||
    // A function of the service itself judges tokens as API Gateway would; what another one wants is not known here.
    // API Gateway may call an alias of it.
    (route?.authorization === 'function' && functionArns.some((arn) => `${route.functionArn}:`.startsWith(`${arn}:`)));
  const parts = [
    method === 'POST' ? 'curl -X POST' : 'curl',
    quote(`${url}${path}`),
    takesToken ? '-H "authorization: Bearer $TOKEN"' : undefined,
    route?.authorization === 'function' && !takesToken ? '-H "authorization: $AUTHORIZATION"' : undefined,
    route?.authorization === 'signature' ? "--aws-sigv4 'aws:amz:us-east-1:execute-api' -u test:test" : undefined,
    route?.apiKey === undefined ? undefined : `-H ${quote(`x-api-key: ${route.apiKey}`)}`,
    data,
  ];
  return {
    command: parts.filter((part) => part !== undefined).join(' '),
    scopes: takesToken ? security.flatMap((requirement) => Object.values(requirement).flat()) : undefined,
  };
}

function exampleBody(post: Operation | undefined): unknown {
  const content = post?.requestBody?.content['application/json'];
  return content?.example ?? Object.values(content?.examples ?? {})[0]?.value;
}

/** As one word of a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
