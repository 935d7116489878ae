import {
  ownerOfFunctionArn,
  type Resource,
  type Resources,
  resourcesOfType,
  type Template,
  valueAt,
} from '../template.ts';

/** The logical ids of aliases, by those of their functions. */
export type AliasIds = ReadonlyMap<string, string>;

/**
 * Makes everything in the template that calls a function call its alias: APIs, authorizers, event source mappings, pipes,
 * schedules, rules, subscriptions, permissions, statements of roles, settings for asynchronous events and outputs.
 */
export function callAliases(template: Template, aliasIds: AliasIds): void {
  const nameOf = (functionId: unknown): unknown =>
    template.Resources[aliasIds.get(String(functionId)) ?? '']?.Properties?.Name;
  for (const resource of Object.values(template.Resources)) {
    const { Type, Properties } = resource;
    if (Properties === undefined) continue;
    resource.Properties = Object(redirect(Properties, aliasIds));
    const called = valueAt(Properties.FunctionName, 'Ref');
    const aliasId = aliasIds.get(String(called));
    if (aliasId === undefined) continue;
    if (Type === 'AWS::Lambda::Permission' || Type === 'AWS::Lambda::EventSourceMapping') {
      resource.Properties = { ...resource.Properties, FunctionName: { Ref: aliasId } };
    }
    if (Type === 'AWS::Lambda::EventInvokeConfig') {
      resource.Properties = { ...resource.Properties, Qualifier: nameOf(called) };
      waitFor(resource, aliasId);
    }
  }
  for (const [id, output] of Object.entries(template.Outputs ?? {})) {
    template.Outputs = { ...template.Outputs, [id]: Object(redirect(output, aliasIds)) };
  }
  waitForPermissions(template.Resources);
}

function redirect(value: unknown, aliasIds: AliasIds): unknown {
  if (Array.isArray(value)) return value.map((item) => redirect(item, aliasIds));
  if (typeof value !== 'object' || value === null) return value;
  const aliasId = aliasIds.get(ownerOfFunctionArn(value) ?? '');
  if (aliasId !== undefined) return { Ref: aliasId };
  if (isOtherStatement(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      // CloudFormation changes no custom resource to another function.
      if (key === 'ServiceToken') return [key, item];
      if (key !== 'Fn::Sub') return [key, redirect(item, aliasIds)];
      const [text, ...variables] = [item].flat();
      const redirected = redirectText(String(text), aliasIds);
      return [
        key,
        Array.isArray(item) ? [redirected, ...variables.map((each) => redirect(each, aliasIds))] : redirected,
      ];
    }),
  );
}

/** Whether a value is a statement of a policy that allows no invocation: an alias has hardly any other action. */
function isOtherStatement(value: object): boolean {
  const actions = valueAt(value, 'Action');
  if (actions === undefined || valueAt(value, 'Resource') === undefined) return false;
  return ![actions].flat().some((action) => String(action).startsWith('lambda:Invoke'));
}

function redirectText(text: string, aliasIds: AliasIds): string {
  return text.replaceAll(/\$\{(\w+)\.Arn\}/g, (variable, functionId) => {
    const aliasId = aliasIds.get(functionId);
    return aliasId === undefined ? variable : `\${${aliasId}}`;
  });
}

const calling = new Set([
  'AWS::ApiGateway::Method',
  'AWS::ApiGateway::Authorizer',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::SNS::Subscription',
]);

/** So that no request comes to an alias before the permission to call it, when an API goes over from the function. */
function waitForPermissions(resources: Resources): void {
  const permissions = resourcesOfType(resources, 'AWS::Lambda::Permission');
  for (const resource of Object.values(resources).filter(({ Type }) => calling.has(Type))) {
    const text = JSON.stringify(resource.Properties);
    for (const [id, { Properties }] of permissions) {
      const aliasId = valueAt(Properties?.FunctionName, 'Ref');
      if (text.includes(`{"Ref":"${aliasId}"}`) || text.includes(`\${${aliasId}}`)) waitFor(resource, id);
    }
  }
}

function waitFor(resource: Resource, id: string): void {
  resource.DependsOn = [...new Set([resource.DependsOn ?? [], id].flat())];
}
