import * as z from 'zod';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { setQueueAttributes } from './manage-queues.ts';
import type { Queue } from './queue.ts';
import type { QueueStore } from './queue-store.ts';
import { type SqsAction, sqsAction } from './sqs-action.ts';
import { invalidValue } from './sqs-error.ts';

/** AddPermission and RemovePermission: statements of the queue's policy by another name. */
export function permissionActions(store: QueueStore): Readonly<Record<string, SqsAction>> {
  return {
    AddPermission: sqsAction(
      z.object({
        QueueUrl: z.string(),
        Label: z.string(),
        AWSAccountIds: z.array(z.string()),
        Actions: z.array(z.string()),
      }),
      ({ QueueUrl, Label, AWSAccountIds, Actions }) => {
        const queue = store.byUrl(QueueUrl);
        const statements = statementsOf(queue);
        if (statements.some(({ Sid }) => Sid === Label)) {
          throw invalidValue(Label, 'Label', 'Already exists.');
        }
        const statement = {
          Sid: Label,
          Effect: 'Allow',
          Principal: { AWS: oneOrAll(AWSAccountIds.map((account) => `arn:aws:iam::${account}:root`)) },
          Action: oneOrAll(Actions.map((action) => `SQS:${action}`)),
          Resource: queue.identity.arn,
        };
        setStatements(store, queue, [...statements, statement]);
        return {};
      },
    ),
    RemovePermission: sqsAction(z.object({ QueueUrl: z.string(), Label: z.string() }), ({ QueueUrl, Label }) => {
      const queue = store.byUrl(QueueUrl);
      const statements = statementsOf(queue);
      const left = statements.filter(({ Sid }) => Sid !== Label);
      if (left.length === statements.length) {
        throw invalidValue(Label, 'Label', "can't find label.");
      }
      setStatements(store, queue, left);
      return {};
    }),
  };
}

/** A list of one stands as its element, as AWS writes policies. */
function oneOrAll(values: readonly string[]): string | readonly string[] {
  const [first, ...others] = values;
  return first !== undefined && others.length === 0 ? first : values;
}

function statementsOf({ attributes }: Queue): JsonObject[] {
  const policy: unknown = attributes.Policy === undefined ? {} : JSON.parse(attributes.Policy);
  const statements = isJsonObject(policy) ? policy.Statement : undefined;
  if (isJsonObject(statements)) return [statements];
  return Array.isArray(statements) ? statements.filter(isJsonObject) : [];
}

function setStatements(store: QueueStore, queue: Queue, statements: readonly object[]): void {
  const { arn } = queue.identity;
  const policy = { Version: '2008-10-17', Id: `${arn}/SQSDefaultPolicy`, Statement: statements };
  setQueueAttributes(store, queue, { Policy: statements.length === 0 ? '' : JSON.stringify(policy) });
}
