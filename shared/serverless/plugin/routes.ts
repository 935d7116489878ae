import { httpCors, restCors } from './cors.ts';
import type { Event, FunctionConfiguration, Route } from './framework.ts';
import { httpRouteAuthorizer, restRouteAuthorizer } from './route-authorizer.ts';
import type { ServiceContext } from './service-context.ts';
import { ServiceFault } from './service-fault.ts';

/**
 * Completes the routes of all functions: a scope word in `authorizer` becomes the authorizer of that scope, and routes of
 * REST APIs get CORS and the API key. What a route says itself stays.
 * @throws ServiceFault that names a route of the wrong kind of API, or one that does not say which scope it asks for
 */
export function completeRoutes(context: ServiceContext): void {
  const { settings, service, note } = context;
  let routes = 0;
  for (const [name, { events = [] }] of Object.entries(service.functions)) {
    for (const event of events) {
      const kind = kindOf(event);
      if (typeof event === 'string' || kind === undefined) continue;
      const route = expand(event[kind]);
      const label = `functions.${name}: ${route.method?.toUpperCase()} ${route.path}`;
      checkKind(kind, label, context);
      const completed = complete(route, kind, label, context);
      event[kind] = completed;
      routes += 1;
      const added = Object.keys(completed).filter((key) => Reflect.get(completed, key) !== Reflect.get(route, key));
      if (added.length > 0) note(label, added.join(', '), reasonOf(route, context));
    }
    describe(service.functions[name]);
  }
  const isRouteless = routes === 0 && settings.openapi === undefined;
  if (settings.api !== 'none' && isRouteless) {
    throw new ServiceFault(
      `custom.service.api is ${settings.api}, but no function has an ${eventOf[settings.api]} event: there is no API. Add a route, or say "api: none".`,
    );
  }
}

const eventOf = { rest: 'http', http: 'httpApi' } as const;

type Kind = 'http' | 'httpApi';

function kindOf(event: string | Event): Kind | undefined {
  if (typeof event === 'string') return undefined;
  if (event.http !== undefined) return 'http';
  return event.httpApi === undefined ? undefined : 'httpApi';
}

/** The long form of a route. */
function expand(route: string | Route = ''): Route {
  if (typeof route !== 'string') return route;
  const [method = '', path = ''] = route.split(' ');
  return { method, path };
}

function checkKind(kind: Kind, label: string, { settings: { api, openapi } }: ServiceContext): void {
  const expected = api === 'none' ? undefined : eventOf[api];
  if (openapi !== undefined) {
    throw new ServiceFault(`${label}: the API is imported from custom.service.openapi, which has all its routes.`);
  }
  if (kind !== expected) {
    const advice = expected === undefined ? 'say "api: rest" or "api: http"' : `write "${expected}:" instead`;
    throw new ServiceFault(`${label} is an ${kind} event, but custom.service.api is ${api}: ${advice}.`);
  }
}

function complete(route: Route, kind: Kind, label: string, context: ServiceContext): Route {
  const { authorizer: word, ...rest } = route;
  const { name: service, parameters, settings } = context;
  if (word === undefined || word === null || (typeof word === 'string' && !settings.scopes.includes(word))) {
    const known = settings.scopes.map((scope) => `authorizer: ${scope}`).join(', ');
    const problem = word === undefined || word === null ? 'does not say who may call' : `asks for "${word}"`;
    throw new ServiceFault(`${label} ${problem}. Say ${known}, or add a word to custom.service.scopes.`);
  }
  const options = { service, scope: String(word), auth: parameters.auth };
  const authorize = kind === 'http' ? restRouteAuthorizer : httpRouteAuthorizer;
  const authorizer = typeof word === 'string' ? authorize(options) : word;
  return {
    ...rest,
    ...(kind === 'http' && { cors: rest.cors ?? restCors(parameters) }),
    ...(authorizer && { authorizer }),
    ...(kind === 'http' && { private: rest.private ?? parameters.apiKeyRequired }),
  };
}

function reasonOf({ authorizer }: Route, { name, parameters: { auth, apiKeyRequired } }: ServiceContext): string {
  const open = 'auth is none: anybody may call';
  const asked = auth === 'none' ? open : `auth is ${auth}; callers need ${name}/${authorizer}`;
  return apiKeyRequired ? `${asked}; apiKeyRequired is true` : asked;
}

/** Describes a function by its route, if it has one and no description. */
function describe(definition: FunctionConfiguration | undefined): void {
  const [route, ...more] = (definition?.events ?? []).flatMap((event) => {
    const kind = kindOf(event);
    return typeof event === 'string' || kind === undefined ? [] : [expand(event[kind])];
  });
  if (definition === undefined || route === undefined || more.length > 0) return;
  definition.description ??= `${route.method?.toUpperCase()} ${route.path}`;
}

/** The HTTP API of the service: CORS, authorizers, and access logs if they are on. */
export function completeHttpApi(context: ServiceContext, authorizers: object): void {
  const { service, settings, parameters, note } = context;
  if (settings.api !== 'http') return;
  const { provider } = service;
  provider.httpApi = { cors: httpCors(parameters), authorizers, ...provider.httpApi };
  note('provider.httpApi', Object.keys(provider.httpApi).join(', '), `auth is ${parameters.auth}`);
  if (!parameters.accessLogs) return;
  // Neither addresses, nor agents, nor paths with ids in them: nothing personal.
  const format =
    '{"requestId":"$context.requestId","requestTime":"$context.requestTime","method":"$context.httpMethod", ' +
    '"route":"$context.routeKey","status":"$context.status","latency":"$context.responseLatency", ' +
    '"integrationLatency":"$context.integrationLatency","responseLength":"$context.responseLength", ' +
    '"error":"$context.error.responseType"}';
  provider.logs = { ...provider.logs, httpApi: { format } };
  note('provider.logs.httpApi', 'format', 'accessLogs is true');
}
