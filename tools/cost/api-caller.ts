import * as z from 'zod';
import { newTraceId } from './trace.ts';

type Sent = {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Calls the APIs of an endpoint in traces of their own. */
export type ApiCaller = {
  /** Sends a request to a service, and gives the answer. @throws Error for an answer that is no success */
  send(service: string, request: Sent): Promise<{ readonly headers: Headers; readonly body: unknown }>;
  /** Adds a trace that a request did not begin. */
  follow(traceId: string): void;
  /** The traces since the last time that they were taken. */
  take(): readonly string[];
};

const apisSchema = z.array(z.object({ stack: z.string(), endpoint: z.string() }));

export async function apiCaller(url: string): Promise<ApiCaller> {
  const apis = apisSchema.parse(await (await fetch(`${url}/_local/apis`)).json());
  let traces: string[] = [];
  return {
    async send(service, { method, path, body, headers }) {
      const api = apis.find(({ stack }) => stack === `${service}-local`);
      if (api === undefined) throw new Error(`${service} has no API.`);
      const { id, header } = newTraceId();
      const answer = await fetch(api.endpoint + path, {
        method,
        headers: {
          'x-amzn-trace-id': header,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path} of ${service} was answered with ${answer.status}: ${text}`);
      traces.push(id);
      return { headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
    },
    follow: (traceId) => traces.push(traceId),
    take() {
      const taken = traces;
      traces = [];
      return taken;
    },
  };
}
