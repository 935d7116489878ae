const { createHash } = require('node:crypto');

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
 * Gives the deployment of a template's REST API an id that comes from what it is a snapshot of, so that CloudFormation
 * takes a new one when, and only when, the API has changed; makes it wait for all of it; and leaves the stage to the
 * resource of that type. The framework names deployments after the time, as `ApiGatewayDeployment<time>`; templates may
 * refer to theirs as `ApiGatewayDeployment`.
 *
 * @param {{ Resources: Record<string, { Type: string, Properties?: any, DependsOn?: string | string[] }> }} template
 * @returns {{ Resources: object }} the template's resources with the deployment under its new id
 */
function deploymentOf({ Resources }) {
  const [id] = Object.entries(Resources).find(([, { Type }]) => Type === 'AWS::ApiGateway::Deployment') ?? [];
  if (id === undefined) return { Resources };
  const parts = Object.entries(Resources)
    .filter(([, { Type }]) => snapshotTypes.includes(Type))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
  const newId = `ApiGatewayDeployment${hash}`;

  const { StageName: _, ...Properties } = Resources[id].Properties;
  const DependsOn = parts.map(([part]) => part);
  const { [id]: deployment, ...others } = Resources;
  const renamed = (value) => {
    if (Array.isArray(value)) return value.map(renamed);
    if (typeof value !== 'object' || value === null) return value;
    if (value.Ref === id || value.Ref === 'ApiGatewayDeployment') return { Ref: newId };
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renamed(item)]));
  };
  return { Resources: { ...renamed(others), [newId]: { ...deployment, Properties, DependsOn } } };
}

module.exports = { deploymentOf };
