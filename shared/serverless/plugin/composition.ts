import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Configuration } from './framework.ts';
import { ServiceFault } from './service-fault.ts';
import { type Resources, resourcesOfType, valueAt } from './template.ts';

/**
 * Refuses a service that does not have the parameters of all services, or an API without the provider of all: the
 * framework would deploy it without limits and logs.
 * @throws ServiceFault that names what is missing, and the line to write
 */
export function checkFragments({ params, provider, custom }: Configuration): void {
  const hasApi = valueAt(custom, 'service', 'api') !== 'none';
  for (const [section, file, own, shared] of [
    ['params', 'params.yml', params?.default, read('params.yml').default],
    ['provider', 'provider.yml', provider, hasApi ? read('provider.yml') : {}],
  ] as const) {
    const missing = Object.keys(Object(shared)).filter((key) => !(key in Object(own)));
    if (missing.length === 0) continue;
    throw new ServiceFault(
      `${section} lacks ${missing.join(', ')}: write "${section}: \${file(../../shared/serverless/${file})}".`,
    );
  }
}

const fragments = new Map<string, Readonly<Record<string, unknown>>>();

function read(file: string): Readonly<Record<string, unknown>> {
  const known = fragments.get(file) ?? parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'));
  fragments.set(file, known);
  return known;
}

const stageTypes = {
  'AWS::ApiGateway::RestApi': { stage: 'AWS::ApiGateway::Stage', idOfApi: 'RestApiId', api: 'rest' },
  'AWS::ApiGatewayV2::Api': { stage: 'AWS::ApiGatewayV2::Stage', idOfApi: 'ApiId', api: 'http' },
} as const;

/** @throws ServiceFault that names an API of the template without a stage: no client could reach it */
export function requireStages(resources: Resources): void {
  for (const [type, { stage, idOfApi, api }] of Object.entries(stageTypes)) {
    const stages = resourcesOfType(resources, stage);
    for (const [id] of resourcesOfType(resources, type)) {
      if (stages.some(([, { Properties }]) => valueAt(Properties?.[idOfApi], 'Ref') === id)) continue;
      throw new ServiceFault(
        `The API ${id} has no stage, so that no client could reach it: say "api: ${api}" in custom.service, or add an ${stage}.`,
      );
    }
  }
}
