import { apisNamed, type NamedApi, nameOf, onlyApiNamed, serviceOf } from './api-names.ts';
import { addressById } from './apigateway/api-addresses.ts';
import type { Domain, StagesOf } from './apigateway/domain-names.ts';
import { functionUrlId } from './core/function-url-id.ts';

/** What the list reads of a stack. */
type DeployedStack = {
  readonly name: string;
  readonly region: string;
  readonly status: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly resources: readonly { readonly logicalId: string; readonly type: string; readonly physicalId: string }[];
};

/** A stage of a REST or HTTP API, or a function URL, that a stack deployed. */
export type DeployedApi = {
  readonly stack: string;
  readonly region: string;
  /** The name of the API in the template. */
  readonly logicalId: string;
  readonly kind: 'REST' | 'HTTP' | 'URL';
  readonly apiId: string;
  readonly stage: string;
  /** The name below `/_api/`. */
  readonly name: string;
  /** The address by name. */
  readonly address: string;
  /** The address by id. */
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

type StageOfApi = NamedApi & Pick<DeployedApi, 'kind' | 'apiId'> & Pick<DeployedStack, 'status'>;

const kinds: Readonly<Record<string, DeployedApi['kind']>> = {
  'AWS::ApiGateway::RestApi': 'REST',
  'AWS::ApiGatewayV2::Api': 'HTTP',
  'AWS::Lambda::Url': 'URL',
};

/** The stages of all APIs of stacks whose deployment is complete, with their addresses on this machine. */
export function listApis({ stacks, endpointUrl, domains, stagesOf }: ListOptions): readonly DeployedApi[] {
  const apis = stagesOfApis(stacks, stagesOf);
  const complete = apis.filter(({ status }) => status.endsWith('_COMPLETE') && !status.startsWith('DELETE'));
  return complete.map((api) => {
    const { service: _service, status: _status, ...shown } = api;
    const { apiId, stage } = api;
    const name = nameOf(apis, api);
    const byId = addressById(endpointUrl, apiId);
    const endpoint = stage === '$default' ? byId : `${byId}/${stage}`;
    const url = mappedUrl(domains, api, endpointUrl) ?? endpoint;
    return { ...shown, name, address: `${endpointUrl}/_api/${name}`, endpoint, url };
  });
}

type FindOptions = Pick<ListOptions, 'stagesOf'> & {
  /** The stacks whose names are wanted; by default all. */
  readonly stacks: (isWanted?: (name: string) => boolean) => readonly DeployedStack[];
};

/**
 * The stage of an API that a name below `/_api/` means. Like on AWS it answers while its stack is updated.
 *
 * @throws AwsError when none or several have the name
 */
export function findApi({ stacks, stagesOf }: FindOptions, name: string): Pick<DeployedApi, 'apiId' | 'stage'> {
  const [head = ''] = name.split('.');
  const near = stacks((stack) => stack === head || stack.startsWith(`${head}-`));
  const [found, ...others] = apisNamed(stagesOfApis(near, stagesOf), name);
  return found !== undefined && others.length === 0 ? found : onlyApiNamed(stagesOfApis(stacks(), stagesOf), name);
}

function stagesOfApis(stacks: readonly DeployedStack[], stagesOf: StagesOf): readonly StageOfApi[] {
  return stacks.flatMap(({ name: stack, region, status, tags, resources }) => {
    const found = resources.flatMap(({ logicalId, type, physicalId }) => {
      const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
      if (kind === undefined) return [];
      // `Ref` of a URL is the ARN of its function.
      const apiId = kind === 'URL' ? functionUrlId(physicalId) : physicalId;
      return (stagesOf(apiId) ?? []).map((stage) => ({ logicalId, kind, apiId, stage }));
    });
    // The framework leaves STAGE out when a service has a tag `stage` of its own.
    const service = serviceOf(stack, [tags.STAGE ?? tags.stage, ...found.map(({ stage }) => stage)]);
    return found.map((api): StageOfApi => ({ stack, service, region, status, ...api }));
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
