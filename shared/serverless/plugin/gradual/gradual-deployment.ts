import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ServiceContext } from '../service-context.ts';
import { type Resource, type Resources, resourcesOfType, type Template, valueAt } from '../template.ts';
import { callAliases } from './call-aliases.ts';
import { deploymentGroups, type LiveFunction } from './deployment-groups.ts';
import { publishVersion } from './publish-version.ts';

type Context = {
  readonly parameters: Pick<ServiceContext['parameters'], 'gradualDeployment'>;
  readonly service: Pick<ServiceContext['service'], 'functions' | 'package'>;
  readonly note: ServiceContext['note'];
};

type Options = {
  /** Whether the packages of functions are there, and not only the template. */
  readonly hasPackages: boolean;
};

/**
 * Lets CodeDeploy shift the traffic of each function to new code, by the parameter gradualDeployment: every deploy that
 * changes a function publishes a version, and what calls the function calls an alias, which goes from one version to the
 * next. A function with an alias, such as that of `provisionedConcurrency`, keeps it.
 *
 * @throws ServiceFault for a function whose versions cannot be told apart
 */
export function deployGradually(template: Template, context: Context, { hasPackages }: Options): void {
  const { parameters, service, note } = context;
  if (parameters.gradualDeployment === 'none') return;
  const { Resources } = template;
  const functions = Object.entries(service.functions).flatMap(([key, { name }]): readonly LiveFunction[] => {
    const [functionId] =
      resourcesOfType(Resources, 'AWS::Lambda::Function').find(
        ([, { Properties }]) => Properties?.FunctionName === name,
      ) ?? [];
    if (functionId === undefined || name === undefined) return [];
    const prefix = functionId.replace(/LambdaFunction$/, '');
    const [aliasId = `${prefix}LambdaAlias`] = findOf(Resources, 'AWS::Lambda::Alias', functionId) ?? [];
    if (Resources[aliasId] === undefined) {
      Resources[aliasId] = liveAlias(functionId, versionOf(key, functionId));
      note(`Resources.${aliasId}`, 'AWS::Lambda::Alias', `gradualDeployment is ${parameters.gradualDeployment}`);
    }
    const isProvisioned = Resources[aliasId]?.Properties?.ProvisionedConcurrencyConfig !== undefined;
    return [{ functionId, name, aliasId, groupId: `${prefix}DeploymentGroup`, isProvisioned }];
  });
  if (functions.length === 0) return;
  callAliases(template, new Map(functions.map(({ functionId, aliasId }) => [functionId, aliasId])));
  for (const { aliasId, groupId } of functions) {
    const CodeDeployLambdaAliasUpdate = {
      ApplicationName: { Ref: 'DeploymentApplication' },
      DeploymentGroupName: { Ref: groupId },
    };
    Object.assign(Resources[aliasId] ?? {}, { UpdatePolicy: { CodeDeployLambdaAliasUpdate } });
  }
  Object.assign(Resources, deploymentGroups(functions, parameters.gradualDeployment, Resources));

  /** The logical id of the version of a function, which is made unless the framework has made one. */
  function versionOf(key: string, functionId: string): string {
    const [existing] = findOf(Resources, 'AWS::Lambda::Version', functionId) ?? [];
    if (existing !== undefined) return existing;
    const image = valueAt(Resources[functionId], 'Properties', 'Code', 'ImageUri');
    const code = image === undefined && hasPackages ? codeHash(key) : image;
    const { versionId, version } = publishVersion(functionId, Resources, code);
    Resources[versionId] = version;
    note(`Resources.${versionId}`, version.Type, `gradualDeployment is ${parameters.gradualDeployment}`);
    return versionId;
  }

  function codeHash(key: string): string {
    const artifact = service.functions[key]?.package?.artifact ?? service.package.artifact;
    if (artifact === undefined) throw new Error(`functions.${key} has no package.`);
    return createHash('sha256').update(readFileSync(artifact)).digest('hex');
  }
}

function liveAlias(functionId: string, versionId: string): Resource {
  return {
    Type: 'AWS::Lambda::Alias',
    Properties: {
      FunctionName: { Ref: functionId },
      FunctionVersion: { 'Fn::GetAtt': [versionId, 'Version'] },
      Name: 'live',
    },
  };
}

/** The resource of a type that belongs to a function. */
function findOf(resources: Resources, type: string, functionId: string) {
  return resourcesOfType(resources, type).find(
    ([, { Properties }]) => valueAt(Properties?.FunctionName, 'Ref') === functionId,
  );
}
