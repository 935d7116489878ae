import type { ApiProblem } from '../../src/console/api-types.ts';

const base = '/_local/api';
/** Only this page has the token: a page of another origin cannot read it, so it cannot call the API. */
const token = document.querySelector<HTMLMetaElement>('meta[name="console-token"]')?.content ?? '';

/** An answer that is not 2xx: what the endpoint, or the AWS action, says. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  readonly status: number;

  constructor({ message, code }: ApiProblem, status: number) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export const read = <T>(path: string, query: Query = {}): Promise<T> => send<T>('GET', path + search(query));
export const post = <T>(path: string, body: object = {}, query: Query = {}): Promise<T> =>
  send<T>('POST', path + search(query), body);
export const remove = (path: string, query: Query = {}): Promise<void> => send<void>('DELETE', path + search(query));

/** Calls an action of an AWS API in a region, with its input and output as the AWS CLI has them. */
export const aws = <T>(region: string, service: string, action: string, input: object = {}): Promise<T> =>
  post<T>(`/aws/${service}/${action}`, input, { region });

/** The answer to a request whose body is read bit by bit. */
export const open = (path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> =>
  fetch(base + path, { headers: { ...headers, 'x-console-token': token }, signal });

async function send<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(base + path, {
    method,
    headers: {
      'x-console-token': token,
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new ApiError({ code: 'Unreachable', message: 'The endpoint does not answer. Is it still running?' }, 0);
  });
  if (!response.ok) throw new ApiError(await problemOf(response), response.status);
  // 204 has no body.
  return JSON.parse((await response.text()) || 'null');
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const problem: Partial<ApiProblem> = await response.json().catch(() => ({}));
  return {
    code: problem.code ?? `HTTP ${response.status}`,
    message: problem.message ?? `The endpoint answered ${response.status} ${response.statusText}.`,
  };
}

function search(query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  if (given.length === 0) return '';
  return `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}
