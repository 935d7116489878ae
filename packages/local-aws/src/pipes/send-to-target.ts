import { parseArn } from '../core/arn.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { readAnswer } from '../event-sources/batch-item-failures.ts';
import { queueUrl } from '../event-sources/queue-client.ts';
import type { Outcome } from '../event-sources/source.ts';
import type { Execution, PipeRecord } from './execution.ts';
import { type Rendered, textAt } from './input-template.ts';
import { serviceOf } from './pipe-settings.ts';
import { putEvents } from './put-events.ts';
import { transform } from './transform.ts';

/**
 * Hands a batch to the target: to a function as one array, to a queue or topic as one message an event, to a bus ten
 * events a call.
 *
 * @param events as the enrichment gave them
 * @param records that they were made of
 * @throws AwsError when the target refuses
 */
export async function sendToTarget(
  events: readonly JsonValue[],
  records: readonly PipeRecord[],
  execution: Execution,
): Promise<Outcome> {
  const { pipe, runtime, log, metric } = execution;
  log({ step: 'TargetStageEntered', level: 'INFO' });
  const inputs = transform(events, pipe.TargetParameters?.InputTemplate, execution);
  const service = serviceOf(pipe.Target);
  runtime.observer?.step('Target input', () => JSON.stringify(inputs.map(({ value }) => value)));
  try {
    const outcome =
      service === 'lambda'
        ? await invokeTarget(inputs, records, execution)
        : service === 'events'
          ? await putEvents(inputs, events, records, execution)
          : await sendMessages(inputs, events, records, execution);
    if (outcome.kind === 'failed') throw new Error(outcome.reason);
    log(
      outcome.kind === 'partly'
        ? { step: 'TargetStagePartiallyFailed', level: 'ERROR' }
        : { step: 'TargetStageSucceeded', level: 'INFO' },
    );
    return outcome;
  } catch (error) {
    metric('TargetStageFailed');
    const message = error instanceof Error ? error.message : String(error);
    log({
      step: 'TargetInvocationFailed',
      level: 'ERROR',
      payload: () => inputs.map(({ value }) => value),
      error: { message, awsService: service, resourceArn: pipe.Target },
    });
    throw error;
  }
}

async function invokeTarget(
  inputs: readonly Rendered[],
  records: readonly PipeRecord[],
  { pipe, runtime, principal }: Execution,
): Promise<Outcome> {
  const { InvocationType = 'REQUEST_RESPONSE' } = pipe.TargetParameters?.LambdaFunctionParameters ?? {};
  const isAwaited = InvocationType === 'REQUEST_RESPONSE';
  const result = await runtime.lambda.invoke({
    functionName: pipe.Target,
    type: isAwaited ? 'RequestResponse' : 'Event',
    payload: JSON.stringify(inputs.map(({ value }) => value)),
    principal,
    source: pipe.Source,
  });
  const outcome = readAnswer(result, isAwaited && namesFailures(result.payload), (identifier) => {
    const failed = records.find(({ itemIdentifier }) => itemIdentifier === identifier);
    return failed?.id;
  });
  return outcome.kind === 'failed' && result.functionError !== undefined
    ? { ...outcome, reason: `Target failed: ${result.payload.toString()}` }
    : outcome;
}

/** A target may answer what it likes; only `batchItemFailures` means something. */
function namesFailures(payload: Buffer): boolean {
  try {
    const answer: unknown = JSON.parse(payload.toString());
    return isJsonObject(answer) && Object.hasOwn(answer, 'batchItemFailures');
  } catch {
    return false;
  }
}

async function sendMessages(
  inputs: readonly Rendered[],
  events: readonly JsonValue[],
  records: readonly PipeRecord[],
  execution: Execution,
): Promise<Outcome> {
  for (const [index, { text, value }] of inputs.entries()) {
    try {
      await sendMessage(typeof value === 'string' ? value : text, events[index] ?? null, execution);
    } catch (error) {
      // What was sent before is not sent again, if it is still known which records it was.
      const isKnown = index > 0 && (execution.pipe.Enrichment ?? '') === '';
      if (!isKnown) throw error;
      return { kind: 'partly', failed: new Set(records.slice(index).map(({ id }) => id)) };
    }
  }
  return { kind: 'processed' };
}

async function sendMessage(body: string, event: JsonValue, { pipe, runtime, principal }: Execution): Promise<void> {
  const { Target, TargetParameters } = pipe;
  const { region = '', service } = parseArn(Target) ?? {};
  if (service !== 'sqs') {
    await runtime.deliver({ destinationArn: Target, body, attributes: {}, principal });
    return;
  }
  const { MessageGroupId, MessageDeduplicationId } = TargetParameters?.SqsQueueParameters ?? {};
  const input: JsonObject = {
    QueueUrl: queueUrl(Target),
    MessageBody: body,
    ...(MessageGroupId !== undefined && { MessageGroupId: textAt(MessageGroupId, event) }),
    ...(MessageDeduplicationId !== undefined && { MessageDeduplicationId: textAt(MessageDeduplicationId, event) }),
  };
  await runtime.aws({ service: 'sqs', action: 'SendMessage', input, principal, region });
}
