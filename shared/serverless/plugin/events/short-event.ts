import { ServiceFault } from '../service-fault.ts';

/** A route of a function, as its events in serverless.yml name it. */
export type FunctionRoute = { readonly method: string; readonly path: string };

/** What an event for an API function says itself; API Gateway would fill in the rest. */
export type ShortEvent = Readonly<Record<string, unknown>>;

export type Values = Readonly<Record<string, string>>;

/** What a short event asks for. */
export type EventRequest = {
  readonly method: string;
  readonly path: string;
  readonly route: FunctionRoute;
  /** Percent-encoded, unless the event itself has them. */
  readonly pathParameters: Values;
};

/**
 * Finds the route that a short event is for: by its method and path, or the only one of the function.
 * @throws ServiceFault that names what is missing, or leads nowhere
 */
export function findRequest(
  routes: readonly FunctionRoute[],
  given: { readonly method: string | undefined; readonly path: string | undefined; readonly pathParameters: Values },
): EventRequest {
  const listed = routes.map(({ method, path }) => `${method} ${path}`).join(', ');
  const ofMethod = routes.filter(({ method }) => given.method === undefined || isMethod(method, given.method));
  const fitting = ofMethod.filter(({ path }) => given.path === undefined || matchPath(path, given.path) !== undefined);
  const [route, ...others] = fitting;
  if (route === undefined) {
    throw new ServiceFault(
      `The event is for ${given.method ?? 'any method'} ${given.path ?? ''}: the routes are ${listed}.`,
    );
  }
  if (others.length > 0) throw new ServiceFault(`The event needs httpMethod and path: the routes are ${listed}.`);
  const path = given.path ?? fillPath(route.path, given.pathParameters);
  return {
    method: given.method ?? (route.method === 'ANY' ? 'GET' : route.method),
    path,
    route,
    pathParameters: { ...matchPath(route.path, path), ...given.pathParameters },
  };
}

/** @throws ServiceFault that names a key which no event of an API has */
export function refuseUnknownKeys(event: ShortEvent, known: readonly string[]): void {
  const unknown = Object.keys(event).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new ServiceFault(`The event has ${unknown}, which API Gateway does not send. It may have ${known.join(', ')}.`);
}

export function textAt(event: ShortEvent, key: string): string | undefined {
  const value = event[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new ServiceFault(`${key} of the event must be text.`);
}

/** An object of texts; numbers and booleans become text, as in a URL. */
export function valuesAt(event: ShortEvent, key: string): Values {
  const value = event[key] ?? {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw new ServiceFault(`${key} of the event must be an object.`);
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      if (typeof each === 'object') throw new ServiceFault(`${key}.${name} of the event must be text.`);
      return [name, String(each)];
    }),
  );
}

/** The body as API Gateway hands it on: text. An object is sent as JSON. */
export function bodyOf({ body }: ShortEvent): { readonly text: string | undefined; readonly isJson: boolean } {
  if (body === undefined || body === null) return { text: undefined, isJson: false };
  return typeof body === 'string' ? { text: body, isJson: false } : { text: JSON.stringify(body), isJson: true };
}

function isMethod(ofRoute: string, method: string): boolean {
  return ofRoute === 'ANY' || ofRoute === method.toUpperCase();
}

/** The path parameters of `path`, as they are encoded in it; undefined if it is not one of the route. */
function matchPath(route: string, path: string): Values | undefined {
  const pattern = route
    .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replace(/\{(\w+)(\\\+)?\}/g, (_, name, rest) => `(?<${name}>${rest ? '.+' : '[^/]+'})`);
  const found = new RegExp(`^${pattern}/?$`).exec(path);
  if (found === null) return undefined;
  return { ...found.groups };
}

function fillPath(route: string, values: Values): string {
  return route.replace(/\{(\w+)\+?\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined)
      throw new ServiceFault(`The event has neither path nor pathParameters.${name}: the route is ${route}.`);
    return encodeURIComponent(value);
  });
}
