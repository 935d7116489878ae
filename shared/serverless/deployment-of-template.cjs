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
 * takes a new one when the API has changed, or when what it calls may have been replaced by another of its kind; makes it
 * wait for all of the API; and leaves the stage to the resource of that type. The framework names deployments after the
 * time, as `ApiGatewayDeployment<time>`; templates may refer to theirs as `ApiGatewayDeployment`.
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
  const content = JSON.stringify([parts, targetsOf(parts, Resources)]);
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
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

/**
 * What the parts of an API refer to besides each other. A snapshot has the names and ARNs of these as they were, and
 * goes on calling a queue, table or function that has been replaced since.
 */
function targetsOf(parts, resources) {
  const text = JSON.stringify(parts);
  const isTarget = (id) => new RegExp(`"Ref":"${id}"|"Fn::GetAtt":\\[?"${id}[".]|\\$\\{${id}[.}]`).test(text);
  return Object.entries(resources)
    .filter(([id, { Type }]) => !snapshotTypes.includes(Type) && isTarget(id))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([id, { Type, Properties = {} }]) => [id, Type, identityOf(Type, Properties)]);
}

/** Of a function its name, since deploys change its code; of others all, since types differ in what replaces them. */
function identityOf(type, properties) {
  return type === 'AWS::Lambda::Function' ? properties.FunctionName : properties;
}

module.exports = { deploymentOf };
