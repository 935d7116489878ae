import { noEndpoint } from '#shared/serverless/plugin/local/require-endpoint.ts';

/** Where a script finds the embedded endpoint, as what was given on its command line and the environment say. */
export function endpointUrl(given: string | undefined, environment: NodeJS.ProcessEnv = process.env): string {
  const fallback = `http://localhost:${environment.EDGE_PORT || 4566}`;
  const url = (given ?? (environment.AWS_ENDPOINT_URL || fallback)).replace(/\/$/, '');
  if (!/^https?:\/\/./.test(url) || !URL.canParse(url)) {
    throw new Error(`The endpoint's URL is something like http://localhost:4566, not "${url}".`);
  }
  return url;
}

/** For the text of `--help`. */
export const endpointDefault = 'AWS_ENDPOINT_URL, else localhost at EDGE_PORT or 4566';

/** @throws Error that says what to do when no endpoint answers there */
export async function askEndpoint(url: string, path: string, init: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(`${url}${path}`, init);
  } catch (error) {
    throw new Error(noEndpoint(url), { cause: error });
  }
}
