import { AwsError } from '../core/aws-error.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { parseJson } from '../core/parse-json.ts';
import { refuseUnknownConditionKeys } from '../iam/condition-keys.ts';
import { parsePolicy } from '../iam/policy-document.ts';
import type { BusStore, EventBus } from './bus-store.ts';
import { eventsError } from './events-error.ts';

/** One statement, as PutPermission takes it apart, or a whole policy. */
export type BusPermission = {
  readonly Policy?: string | undefined;
  readonly StatementId?: string | undefined;
  readonly Action?: string | undefined;
  readonly Principal?: string | undefined;
  readonly Condition?: { readonly Type: string; readonly Key: string; readonly Value: string } | undefined;
};

/** Adds a statement to the policy of a bus, replaces the policy, or removes one statement or all. @throws AwsError */
export function setBusPolicy(
  buses: BusStore,
  bus: EventBus,
  change: BusPermission | { readonly without: string } | 'none',
): void {
  if (change === 'none') setStatements(buses, bus, []);
  else if ('without' in change) removeStatement(buses, bus, change.without);
  else if (change.Policy === undefined) putStatement(buses, bus, statementOf(bus, change));
  else {
    checkPolicy(parseJson(change.Policy));
    buses.change(bus, { policy: change.Policy });
  }
}

function removeStatement(buses: BusStore, bus: EventBus, sid: string): void {
  const statements = statementsOf(bus);
  const left = statements.filter(({ Sid }) => Sid !== sid);
  if (left.length === statements.length) throw eventsError.notFound('Statement with the provided id does not exist.');
  setStatements(buses, bus, left);
}

/** Adds a statement; one of its Sid is replaced. @throws AwsError */
export function putStatement(buses: BusStore, bus: EventBus, statement: JsonObject): void {
  setStatements(buses, bus, [...statementsOf(bus).filter(({ Sid }) => Sid !== statement.Sid), statement]);
}

function statementOf(bus: EventBus, { StatementId, Action, Principal, Condition }: BusPermission): JsonObject {
  if (StatementId === undefined || Action === undefined || Principal === undefined) {
    throw eventsError.validation('Parameter(s) StatementId, Action and Principal must be specified.');
  }
  if (Action !== 'events:PutEvents')
    throw eventsError.validation('Provided value in parameter Action is not supported.');
  if (Principal !== '*' && !/^\d{12}$/.test(Principal)) {
    throw eventsError.validation('Parameter Principal is not valid. Reason: it must be an account id or *.');
  }
  return {
    Sid: StatementId,
    Effect: 'Allow',
    Principal: Principal === '*' ? '*' : { AWS: `arn:aws:iam::${Principal}:root` },
    Action,
    Resource: bus.arn,
    ...(Condition !== undefined && { Condition: { [Condition.Type]: { [Condition.Key]: Condition.Value } } }),
  };
}

function statementsOf({ policy }: EventBus): JsonObject[] {
  const document = policy === undefined ? {} : parseJson(policy);
  const statements = isJsonObject(document) ? document.Statement : undefined;
  if (isJsonObject(statements)) return [statements];
  return Array.isArray(statements) ? statements.filter(isJsonObject) : [];
}

function setStatements(buses: BusStore, bus: EventBus, statements: JsonObject[]): void {
  const policy = { Version: '2012-10-17', Statement: statements };
  if (statements.length > 0) checkPolicy(policy);
  buses.change(bus, { policy: statements.length === 0 ? undefined : JSON.stringify(policy) });
}

/** @throws AwsError ValidationException */
function checkPolicy(policy: unknown): void {
  if (!isJsonObject(policy)) throw eventsError.validation('The policy is not a JSON object.');
  try {
    refuseUnknownConditionKeys(parsePolicy(policy, 'resource'));
  } catch (error) {
    if (error instanceof AwsError) throw eventsError.validation(error.message);
    throw error;
  }
}
