import { createHash } from 'node:crypto';
import { ServiceFault } from '../service-fault.ts';
import { targetsOf } from '../snapshot.ts';
import { type Resource, type Resources, valueAt } from '../template.ts';

/** AWS allows these to the description of a function. */
const longestDescription = 256;

/** Properties that all versions of a function share, and the code, whose place is new in every deploy. */
const unversioned = ['Code', 'ReservedConcurrentExecutions', 'Tags'];

/**
 * A version of a function, named after a hash of what it is a snapshot of: CloudFormation publishes another one when the
 * code or the configuration has changed, or when a resource that it refers to may have been replaced. The one before is
 * deleted once the alias has left it. The description of the function gets the hash: Lambda publishes no version of a
 * function that has not changed since the last one, and CloudFormation then fails.
 *
 * @param code what changes with the code: a hash of the package, or the digest of an image
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html
 */
export function publishVersion(
  functionId: string,
  resources: Resources,
  code: unknown,
): { readonly versionId: string; readonly version: Resource } {
  const { Type = '', Properties = {} } = resources[functionId] ?? {};
  refuseOwnLayers(functionId, Properties.Layers, resources);
  const configuration = Object.entries(Properties).filter(([name]) => !unversioned.includes(name));
  const snapshot: Resource = { Type, Properties: Object.fromEntries(configuration) };
  const content = JSON.stringify([snapshot, targetsOf([[functionId, snapshot]], resources), code]);
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  const suffix = ` (${hash})`;
  const description = String(Properties.Description ?? '').slice(0, longestDescription - suffix.length);
  Properties.Description = `${description}${suffix}`.trim();
  return {
    versionId: `${functionId.replace(/LambdaFunction$/, '')}LambdaVersion${hash}`,
    version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: functionId } } },
  };
}

/**
 * @throws ServiceFault for a layer that is deployed with the function: its ARN changes with its content, and the function
 * with it, which no hash of the template sees
 */
function refuseOwnLayers(functionId: string, layers: unknown, resources: Resources): void {
  const own = [layers].flat().filter((layer) => Object.hasOwn(resources, String(valueAt(layer, 'Ref'))));
  if (own.length === 0) return;
  throw new ServiceFault(
    `Resources.${functionId} has a layer of its own service, which gradualDeployment does not support: deploy the layer ` +
      'with another service and give its ARN, or bundle what is in it.',
  );
}
