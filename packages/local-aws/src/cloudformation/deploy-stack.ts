import { randomUUID } from 'node:crypto';
import { arn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Principal } from '../core/principal.ts';
import type { QueryAction, QueryInput } from '../core/query-protocol.ts';
import type { StackOperations } from './stack-operations.ts';
import type { Stack } from './stack-record.ts';
import type { StackStore } from './stack-store.ts';

export type StackDeployment = {
  readonly name: string;
  readonly region: string;
  readonly templateBody: string;
  readonly parameters: Readonly<Record<string, string>>;
};

type Parts = {
  readonly actions: Readonly<Record<string, QueryAction>>;
  readonly store: StackStore;
  readonly operations: StackOperations;
};

const accountRoot: Principal = { kind: 'account', arn: arn('iam', '', 'root') };
const capabilities = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'];
/** A stack whose creation failed can only be deleted. */
const failedCreation = new Set(['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'CREATE_FAILED', 'DELETE_FAILED']);
const succeeded = new Set(['CREATE_COMPLETE', 'UPDATE_COMPLETE']);

/**
 * Returns a function that creates or updates a stack and waits until that is done. It throws AwsError as CloudFormation
 * answers, and `StackFailed` with the reasons of the resources that failed.
 */
export function stackDeployer({ actions, store, operations }: Parts): (deployment: StackDeployment) => Promise<Stack> {
  const call = async (region: string, action: string, input: QueryInput): Promise<void> =>
    void (await actions[action]?.(input, { headers: {}, region, requestId: randomUUID(), principal: accountRoot }));

  return async ({ name, region, templateBody, parameters }) => {
    const input: QueryInput = {
      StackName: name,
      TemplateBody: templateBody,
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
      Capabilities: capabilities,
    };
    const finished = async (): Promise<Stack | undefined> => {
      const stack = store.find(region, name);
      if (stack !== undefined) await operations.finished(stack);
      return store.find(region, name);
    };
    const before = await finished();
    const isBroken = before !== undefined && failedCreation.has(before.status);
    if (isBroken) {
      await call(region, 'DeleteStack', { StackName: name });
      await finished();
    }
    const eventCount = isBroken ? 0 : (before?.events.at(-1)?.position ?? 0);
    if (before === undefined || isBroken) await call(region, 'CreateStack', input);
    else await call(region, 'UpdateStack', input).catch(ignoreNoUpdates);
    const stack = await finished();
    if (stack !== undefined && succeeded.has(stack.status)) return stack;
    throw new AwsError(
      'StackFailed',
      `The stack ${name} is ${stack?.status ?? 'gone'}. ${reasons(stack, eventCount)}`,
      422,
    );
  };
}

function ignoreNoUpdates(error: unknown): void {
  if (!(error instanceof AwsError && error.message === 'No updates are to be performed.')) throw error;
}

/** Why resources failed in the last operation. */
function reasons(stack: Stack | undefined, after: number): string {
  return (stack?.events ?? [])
    .filter(({ position, status }) => position > after && status.endsWith('_FAILED'))
    .map(({ logicalId, reason = '' }) => `${logicalId}: ${reason}`)
    .join(' ');
}
