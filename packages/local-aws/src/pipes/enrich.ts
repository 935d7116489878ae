import type { JsonValue } from '../core/json.ts';
import type { Execution } from './execution.ts';
import { transform } from './transform.ts';

/** Runs the enrichment function over a batch: what it answers, an array or one value, takes the batch's place. */
export async function enrich(events: readonly JsonValue[], execution: Execution): Promise<readonly JsonValue[]> {
  const { pipe, runtime, principal, log, metric } = execution;
  const { Enrichment: functionName, EnrichmentParameters } = pipe;
  if (functionName === undefined || functionName === '') return events;
  log({ step: 'EnrichmentStageEntered', level: 'INFO' });
  const payload = transform(events, EnrichmentParameters?.InputTemplate, execution).map(({ value }) => value);
  runtime.observer?.step('Enrichment input', () => JSON.stringify(payload));
  try {
    const result = await runtime.lambda.invoke({
      functionName,
      type: 'RequestResponse',
      payload: JSON.stringify(payload),
      principal,
    });
    if (result.functionError !== undefined) throw new Error(`Enrichment failed: ${result.payload.toString()}`);
    runtime.observer?.step('Enrichment output', () => result.payload.toString());
    log({ step: 'EnrichmentStageSucceeded', level: 'INFO' });
    return enrichedEvents(result.payload);
  } catch (error) {
    metric('EnrichmentStageFailed');
    const message = error instanceof Error ? error.message : String(error);
    log({
      step: 'EnrichmentInvocationFailed',
      level: 'ERROR',
      payload: () => payload,
      error: { message, awsService: 'lambda', resourceArn: functionName },
    });
    throw error;
  }
}

/** An empty answer ends the execution before its target. */
function enrichedEvents(payload: Buffer): JsonValue[] {
  const answer: JsonValue = payload.length === 0 ? null : JSON.parse(payload.toString());
  if (Array.isArray(answer)) return answer;
  const isEmpty = answer === null || answer === '' || JSON.stringify(answer) === '{}';
  return isEmpty ? [] : [answer];
}
