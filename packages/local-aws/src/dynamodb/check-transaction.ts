import { AwsError } from '../core/aws-error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { parseJson } from '../core/parse-json.ts';
import type { EngineAnswer } from './engine.ts';

/**
 * Refuses a transaction that updates a key: the engine carries it out, and the item is lost to reads by its key.
 *
 * @param keysOf the attributes of a table's key
 * @throws AwsError TransactionCanceledException
 */
export function checkTransaction(input: JsonObject, keysOf: (table: string) => readonly string[]): void {
  const { TransactItems: items } = input;
  if (!Array.isArray(items)) return;
  const changed = items.map((item) => {
    const update = isJsonObject(item) ? item.Update : undefined;
    return update !== undefined && isJsonObject(update) ? changedKey(update, keysOf) : undefined;
  });
  if (changed.every((key) => key === undefined)) return;
  const CancellationReasons = changed.map((key) =>
    key === undefined
      ? { Code: 'None' }
      : {
          Code: 'ValidationError',
          Message: `One or more parameter values were invalid: Cannot update attribute ${key}. This attribute is part of the key`,
        },
  );
  const codes = CancellationReasons.map(({ Code }) => Code).join(', ');
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
  throw new AwsError('TransactionCanceledException', message, 400, { CancellationReasons });
}

function changedKey(update: JsonObject, keysOf: (table: string) => readonly string[]): string | undefined {
  const { UpdateExpression: expression, ExpressionAttributeNames: names = {}, TableName } = update;
  if (typeof expression !== 'string') return undefined;
  const keys = keysOf(String(TableName));
  return targetsOf(expression)
    .map((name) => (isJsonObject(names) && Object.hasOwn(names, name) ? String(names[name]) : name))
    .find((name) => keys.includes(name));
}

/** The top-level attributes that an update expression changes, as the expression names them. */
function targetsOf(expression: string): string[] {
  const targets: string[] = [];
  let isTarget = false;
  let depth = 0;
  for (const [token] of expression.matchAll(/[(),]|[#:]?[\w.[\]-]+/g)) {
    if (token === '(') depth += 1;
    else if (token === ')') depth -= 1;
    else if (/^(?:SET|REMOVE|ADD|DELETE)$/i.test(token)) isTarget = true;
    else if (token === ',') isTarget = depth === 0;
    else {
      const [name = ''] = token.split(/[.[]/);
      if (isTarget) targets.push(name);
      isTarget = false;
    }
  }
  return targets;
}

/** What is wrong with an expression itself, whatever the items are. */
const wrongExpression =
  /^(?:Invalid |Value provided in |An expression attribute |ExpressionAttribute|Expression size |Expected |Unexpected )/;

/**
 * The refusal of a transaction with a malformed expression: the engine cancels the transaction for it, AWS refuses the
 * call.
 */
export function refusalOf({ status, body }: EngineAnswer): AwsError | undefined {
  const answer = status === 400 ? parseJson(body.toString()) : undefined;
  if (answer === undefined || !isJsonObject(answer)) return undefined;
  const message = listOf(answer.CancellationReasons)
    .map((reason) => (reason.Code === 'ValidationError' ? String(reason.Message) : ''))
    .find((text) => wrongExpression.test(text));
  return message === undefined ? undefined : new AwsError('ValidationException', message);
}

function listOf(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
