import type { ServiceContext } from './service-context.ts';
import { ServiceFault } from './service-fault.ts';
import { resourcesOfType, type Template, valueAt } from './template.ts';

/** Every function has a role of its own; the one that the framework makes for all of them is not deployed. */
const sharedRole = 'IamRoleLambdaExecution';

/**
 * Adds to the functions the permissions that come with their configuration: to trace, and to report failed events and
 * failed records of a stream. serverless-iam-roles-per-function adds logs and the reading of queues and streams.
 * @throws ServiceFault that names a function without statements
 */
export function completeRoles({ service, parameters, note }: ServiceContext): void {
  const { functions, provider } = service;
  for (const [name, definition] of Object.entries(functions)) {
    if (definition.iamRoleStatements === undefined && definition.role === undefined) {
      throw new ServiceFault(`functions.${name} has no iamRoleStatements: [] if it needs its events and logs only.`);
    }
    const sources = (definition.events ?? []).map((event) => (typeof event === 'string' ? undefined : event.stream));
    const failures = [definition, ...sources].flatMap((source) => {
      const destination = valueAt(source, 'destinations', 'onFailure');
      return valueAt(destination, 'type') === 'sqs' ? [valueAt(destination, 'arn')] : [];
    });
    const statements = failures.map((Resource) => ({ Effect: 'Allow', Action: ['sqs:SendMessage'], Resource }));
    if (statements.length === 0 || definition.iamRoleStatements === undefined) continue;
    definition.iamRoleStatements = [...definition.iamRoleStatements, ...statements];
    note(`functions.${name}: iamRoleStatements`, 'sqs:SendMessage', 'failed events or records go to a queue');
  }
  if (!parameters.tracing || Object.keys(functions).length === 0) return;
  const tracing = {
    Effect: 'Allow',
    Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    // X-Ray has no resources that these actions could be limited to.
    Resource: '*',
  };
  const { role } = provider.iam ?? {};
  provider.iam = { ...provider.iam, role: { ...role, statements: [...(role?.statements ?? []), tracing] } };
  note('provider.iam.role.statements', tracing.Action.join(', '), 'tracing is true; all functions inherit it');
}

/** Removes the role that the framework makes for functions without one of their own: there are none. */
export function dropSharedRole({ Resources }: Template, { note }: ServiceContext): void {
  if (Resources[sharedRole] === undefined) return;
  delete Resources[sharedRole];
  note(`Resources.${sharedRole}`, 'removed', 'every function has a role of its own');
}

/**
 * Removes `logs:CreateLogGroup` from execution roles: the template has the log groups. Lambda writes the last lines of a
 * function after it is deleted; with this permission it makes the group again, at which the next deploy fails.
 */
export function withholdLogGroups({ Resources }: Template, { note }: ServiceContext): void {
  for (const [id, { Properties }] of resourcesOfType(Resources, 'AWS::IAM::Role')) {
    for (const policy of list(Properties?.Policies)) {
      for (const statement of list(valueAt(policy, 'PolicyDocument', 'Statement'))) {
        const actions = valueAt(statement, 'Action');
        if (!Array.isArray(actions) || !actions.includes('logs:CreateLogGroup')) continue;
        note(`Resources.${id}`, 'logs:CreateLogGroup removed', 'the template has the log groups');
        Object.assign(Object(statement), { Action: actions.filter((action) => action !== 'logs:CreateLogGroup') });
      }
    }
  }
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
