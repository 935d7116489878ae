import type { Endpoint, RouteAccess } from 'local-aws';
import { type DeployedService, deployedServices } from './deployed-services.ts';
import { exampleRequests } from './examples.ts';
import type { Service } from './project.ts';
import { needsNoParameters, readPaths } from './specification.ts';

type Options = {
  /** The folder of the project. */
  readonly root: string;
  readonly services: readonly Pick<Service, 'name'>[];
  readonly endpoint: Pick<Endpoint, 'url' | 'port' | 'stacks' | 'apis' | 'routesOf' | 'functions'>;
};

/** The deployed services: how many, where they answer, and lines to try. Undefined when none is deployed. */
export function summaryOf(options: Options): { readonly count: string; readonly lines: readonly string[] } | undefined {
  const { root, services, endpoint } = options;
  const listed = deployedServices(services, endpoint);
  if (listed.length === 0) return undefined;
  const examples = exampleRequests(
    root,
    listed.flatMap(({ name, stack, apis }) =>
      apis.map(({ apiId, address }) => ({
        name,
        url: address,
        routes: endpoint.routesOf(apiId),
        functionArns: endpoint.functions(stack).map(({ functionArn }) => functionArn),
      })),
    ),
    endpoint.port === 4566 ? undefined : endpoint.url,
  );
  const tryLines = examples.length === 0 ? [] : ['', 'Try:', ...examples.map((line) => `  ${line}`)];
  const count = listed.length === 1 ? '1 service' : `${listed.length} services`;
  return { count, lines: [...addressRows(options, listed), ...tryLines] };
}

/** A row for each API, with the whole URL of a route that answers without anything else, if it has one. */
function addressRows({ root, endpoint }: Options, listed: readonly DeployedService[]): readonly string[] {
  const rows = listed.flatMap(({ name, apis }) => {
    if (apis.length === 0) return [{ name, method: '', url: '(no API)' }];
    return apis.map(({ apiId, address }) => {
      const route = firstRoute(root, name, endpoint.routesOf(apiId));
      return { name, method: route?.method ?? '', url: `${address}${route?.path ?? ''}` };
    });
  });
  const width = (cells: readonly string[]): number => Math.max(...cells.map(({ length }) => length));
  const [names, methods] = [width(rows.map(({ name }) => name)), width(rows.map(({ method }) => method))];
  return rows.map(({ name, method, url }) => `  ${name.padEnd(names)}  ${method.padEnd(methods)}  ${url}`);
}

function firstRoute(root: string, service: string, routes: readonly RouteAccess[]): RouteAccess | undefined {
  const specified = readPaths(root, service);
  const calls = routes.filter(({ method }) => method !== 'OPTIONS');
  const fixed = calls.filter(({ path }) => !path.includes('{'));
  const reads = fixed.filter(({ method }) => method === 'GET' || method === 'ANY');
  return reads.find(({ path }) => needsNoParameters(specified[path]?.get)) ?? fixed[0] ?? calls[0];
}
