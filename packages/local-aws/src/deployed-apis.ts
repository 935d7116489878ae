import type { Domain, StagesOf } from './apigateway/domain-names.ts';

/** What the list reads of a stack. */
type DeployedStack = {
  readonly name: string;
  readonly status: string;
  readonly resources: readonly { readonly logicalId: string; readonly type: string; readonly physicalId: string }[];
};

/** A stage of a REST or HTTP API that a stack deployed. */
export type DeployedApi = {
  readonly stack: string;
  /** The name of the API in the template. */
  readonly logicalId: string;
  readonly apiId: string;
  readonly stage: string;
  /** The address by path, which any client of this machine reaches. */
  readonly endpoint: string;
  /** The address on its custom domain; `endpoint` when it has none. */
  readonly url: string;
};

type ListOptions = {
  readonly stacks: readonly DeployedStack[];
  readonly endpointUrl: string;
  readonly domains: readonly Domain[];
  readonly stagesOf: StagesOf;
};

const apiTypes = new Set(['AWS::ApiGateway::RestApi', 'AWS::ApiGatewayV2::Api']);

/** The stages of all APIs of stacks whose deployment is complete, with their addresses on this machine. */
export function listApis({ stacks, endpointUrl, domains, stagesOf }: ListOptions): readonly DeployedApi[] {
  return stacks
    .filter(({ status }) => status.endsWith('_COMPLETE') && !status.startsWith('DELETE'))
    .flatMap(({ name, resources }) =>
      resources
        .filter(({ type }) => apiTypes.has(type))
        .flatMap(({ logicalId, physicalId: apiId }) =>
          (stagesOf(apiId) ?? []).map((stage) => {
            const endpoint = `${endpointUrl}/_aws/execute-api/${apiId}/${stage}`;
            const url = mappedUrl(domains, { apiId, stage }, endpointUrl) ?? endpoint;
            return { stack: name, logicalId, apiId, stage, endpoint, url };
          }),
        ),
    );
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
