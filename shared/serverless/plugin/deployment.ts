import { createHash } from 'node:crypto';
import { byId, targetsOf } from './snapshot.ts';
import type { Resource, Resources } from './template.ts';

/** What a deployment takes its snapshot of. */
const snapshotTypes = [
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGateway::Resource',
  'AWS::ApiGateway::Method',
  'AWS::ApiGateway::Model',
  'AWS::ApiGateway::RequestValidator',
  'AWS::ApiGateway::GatewayResponse',
  'AWS::ApiGateway::Authorizer',
];

/**
 * Names the deployment of a REST API after a hash of the API definition, so that CloudFormation makes a new one when the
 * API has changed, or when what it calls may have been replaced; makes it wait for every part of the API; and leaves the
 * stage to the resource of that type. The framework names deployments after the time, as `ApiGatewayDeployment<time>`;
 * templates may refer to theirs as `ApiGatewayDeployment`.
 * @returns the resources with the deployment under its new id
 */
export function nameDeployment(resources: Resources): Record<string, Resource> {
  const [id] = Object.entries(resources).find(([, { Type }]) => Type === 'AWS::ApiGateway::Deployment') ?? [];
  if (id === undefined) return { ...resources };
  const { [id]: deployment = { Type: 'AWS::ApiGateway::Deployment' }, ...others } = resources;
  const parts = byId(Object.entries(resources).filter(([, { Type }]) => snapshotTypes.includes(Type)));
  const content = JSON.stringify([parts, targetsOf(parts, resources)]);
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  const newId = `ApiGatewayDeployment${hash}`;

  const { StageName: _, ...Properties } = deployment.Properties ?? {};
  const renamed = (_key: string, value: unknown): unknown => {
    const isReference = typeof value === 'object' && value !== null && 'Ref' in value;
    return isReference && (value.Ref === id || value.Ref === 'ApiGatewayDeployment') ? { Ref: newId } : value;
  };
  return {
    ...JSON.parse(JSON.stringify(others, renamed)),
    [newId]: { ...deployment, Properties, DependsOn: parts.map(([part]) => part) },
  };
}
