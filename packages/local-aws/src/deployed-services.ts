import type { Domain } from './apigateway/domain-names.ts';

/** What the list needs to know of a stack. */
export type DeployedStack = {
  readonly name: string;
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
};

export type ServiceListing = {
  readonly name: string;
  readonly stack: string;
  /** The id of its API. */
  readonly apiId: string | undefined;
  /** Where its API answers on this machine, whatever names resolve there; undefined when it has none. */
  readonly endpoint: string | undefined;
  /** Where to call it: on its custom domain if it has one. */
  readonly url: string | undefined;
};

/** The outputs under which the Serverless CLI publishes an API's address, on AWS's own domain. */
const endpointOutput = /^(ServiceEndpoint|HttpApiUrl)/;
const executeApiUrl = /^https?:\/\/([a-z0-9]+)\.execute-api\.[^/]+(?:\/([^/]+))?/;

/** The services whose stacks are deployed, with the addresses of each API on this machine. */
export function listServices(
  stacks: readonly DeployedStack[],
  endpointUrl: string,
  domains: readonly Domain[],
): readonly ServiceListing[] {
  return stacks
    .filter(({ status }) => status.endsWith('_COMPLETE') && !status.startsWith('DELETE'))
    .map(({ name, outputs }) => {
      const published = Object.entries(outputs).find(([key]) => endpointOutput.test(key))?.[1];
      const service = { name: name.replace(/-[^-]+$/, ''), stack: name };
      const [, apiId, stage = '$default'] = executeApiUrl.exec(published ?? '') ?? [];
      if (apiId === undefined) return { ...service, apiId, endpoint: published, url: published };
      const endpoint = `${endpointUrl}/_aws/execute-api/${apiId}/${stage}`;
      return { ...service, apiId, endpoint, url: mappedUrl(domains, { apiId, stage }, endpointUrl) ?? endpoint };
    });
}

function mappedUrl(
  domains: readonly Domain[],
  { apiId, stage }: { readonly apiId: string; readonly stage: string },
  endpointUrl: string,
): string | undefined {
  const { port } = new URL(endpointUrl);
  const [mapped] = domains.flatMap(({ name, mappings }) =>
    mappings
      .filter((mapping) => mapping.apiId === apiId && (mapping.stage ?? stage) === stage)
      .map(({ basePath, stage: named }) => {
        const path = [basePath, named === undefined ? stage : ''].filter((part) => part !== '').join('/');
        return `http://${name}:${port || '80'}${path === '' ? '' : `/${path}`}`;
      }),
  );
  return mapped;
}
