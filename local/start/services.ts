/** What the list needs to know of a stack. */
export type DeployedStack = {
  readonly name: string;
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
};

export type ServiceListing = {
  readonly name: string;
  readonly stack: string;
  /** Where its API answers on this machine; undefined when it has none. */
  readonly endpoint: string | undefined;
};

/** The outputs under which the Serverless CLI publishes an API's address, on AWS's own domain. */
const endpointOutput = /^(ServiceEndpoint|HttpApiUrl)/;
const executeApiUrl = /^https?:\/\/([a-z0-9]+)\.execute-api\.[^/]+(?:\/([^/]+))?/;

/** The services whose stacks are deployed, with the address of each API on this machine. */
export function listServices(stacks: readonly DeployedStack[], endpointUrl: string): readonly ServiceListing[] {
  return stacks
    .filter(({ status }) => status.endsWith('_COMPLETE') && !status.startsWith('DELETE'))
    .map(({ name, outputs }) => {
      const published = Object.entries(outputs).find(([key]) => endpointOutput.test(key))?.[1];
      return { name: name.replace(/-[^-]+$/, ''), stack: name, endpoint: localUrl(published, endpointUrl) };
    });
}

function localUrl(published: string | undefined, endpointUrl: string): string | undefined {
  const match = executeApiUrl.exec(published ?? '');
  if (match === null) return published;
  return `${endpointUrl}/_aws/execute-api/${match[1]}/${match[2] ?? '$default'}`;
}
