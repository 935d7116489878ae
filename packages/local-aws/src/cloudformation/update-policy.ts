import { isJsonObject, type JsonValue } from '../core/json.ts';
import { templateError, unsupportedAttribute } from './template-error.ts';

const required = ['ApplicationName', 'DeploymentGroupName'];
const optional = ['BeforeAllowTrafficHook', 'AfterAllowTrafficHook'];

/** @throws AwsError for every policy but that of an alias whose traffic CodeDeploy shifts */
export function checkUpdatePolicy(logicalId: string, type: string, policy: JsonValue): void {
  if (type !== 'AWS::Lambda::Alias') throw unsupportedAttribute(logicalId, type, 'UpdatePolicy');
  const problem = (text: string): Error =>
    templateError(`Resource ${logicalId} (${type}): UpdatePolicy${text}. See the support matrix of local-aws.`);
  if (!isJsonObject(policy)) throw problem(' must be an object');
  const { CodeDeployLambdaAliasUpdate: shift, ...others } = policy;
  const [other] = Object.keys(others);
  if (other !== undefined) throw unsupportedAttribute(logicalId, type, `UpdatePolicy.${other}`);
  if (shift === undefined) return;
  if (!isJsonObject(shift)) throw problem('.CodeDeployLambdaAliasUpdate must be an object');
  const unknown = Object.keys(shift).find((name) => !required.includes(name) && !optional.includes(name));
  if (unknown !== undefined) {
    throw unsupportedAttribute(logicalId, type, `UpdatePolicy.CodeDeployLambdaAliasUpdate.${unknown}`);
  }
  const missing = required.find((name) => shift[name] === undefined);
  if (missing !== undefined) throw problem(`.CodeDeployLambdaAliasUpdate lacks ${missing}`);
}
