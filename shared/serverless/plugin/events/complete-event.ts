import type { Event, FunctionConfiguration, InvokeOptions } from '../framework.ts';
import { completeHttpEvent } from './http-event.ts';
import { completeRestEvent } from './rest-event.ts';
import type { FunctionRoute } from './short-event.ts';

/**
 * Completes the event of `invoke local` for a function behind an API: it may say no more than `httpMethod`, `path` and
 * `queryStringParameters`. Events of queues, streams and topics, which have `Records`, stay as they are.
 * @throws ServiceFault about an event that no request leads to
 */
export function completeEvent(options: InvokeOptions, stage: string): void {
  const { data = {}, functionObj = {} } = options;
  const event = data === '' ? {} : data;
  if (typeof event !== 'object' || event === null || Array.isArray(event) || 'Records' in event) return;
  const rest = routesOf(functionObj, 'http');
  const http = routesOf(functionObj, 'httpApi');
  const shortEvent = Object(event);
  if (rest.length > 0) options.data = completeRestEvent(shortEvent, rest, stage);
  else if (http.length > 0) options.data = completeHttpEvent(shortEvent, http);
}

function routesOf({ events = [] }: FunctionConfiguration, kind: 'http' | 'httpApi'): readonly FunctionRoute[] {
  return events.flatMap((event) => (typeof event === 'string' ? [] : routeOf(event[kind])));
}

function routeOf(route: Event['http']): readonly FunctionRoute[] {
  if (route === undefined) return [];
  const [method = '', path = ''] = typeof route === 'string' ? route.split(/\s+/) : [route.method ?? 'ANY', route.path];
  const upper = method === '*' ? 'ANY' : method.toUpperCase();
  return [{ method: upper, path: path.startsWith('/') ? path : `/${path}` }];
}
