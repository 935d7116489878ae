import { parseArn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { Outcome } from '../event-sources/source.ts';
import type { Execution, PipeRecord } from './execution.ts';
import { type Rendered, textAt } from './input-template.ts';

const maxEntries = 10;

/**
 * Puts a batch on a bus, each event as the detail of one. An event that the bus refuses is tried again alone, if it is
 * known which record it was.
 *
 * @throws AwsError when the bus refuses the call
 */
export async function putEvents(
  inputs: readonly Rendered[],
  events: readonly JsonValue[],
  records: readonly PipeRecord[],
  execution: Execution,
): Promise<Outcome> {
  const entries = inputs.map(({ text }, index) => entryOf(text, events[index] ?? null, execution));
  const refusals: (string | undefined)[] = [];
  for (let from = 0; from < entries.length; from += maxEntries) {
    refusals.push(...(await putBatch(entries.slice(from, from + maxEntries), execution)));
  }
  const [reason] = refusals.filter((refusal) => refusal !== undefined);
  if (reason === undefined) return { kind: 'processed' };
  // An enrichment may give other events than it got, and the first refusal of all is no partial failure.
  const isKnown = (execution.pipe.Enrichment ?? '') === '' && refusals.includes(undefined);
  if (!isKnown) throw new AwsError('PutEventsFailed', reason);
  const failed = records.filter((_, index) => refusals[index] !== undefined).map(({ id }) => id);
  return { kind: 'partly', failed: new Set(failed) };
}

/** Why each entry was refused; undefined for those that were taken. */
async function putBatch(entries: readonly JsonObject[], { pipe, runtime, principal }: Execution) {
  const region = parseArn(pipe.Target)?.region ?? '';
  const input = { Entries: [...entries] };
  const { Entries } = await runtime.aws({ service: 'events', action: 'PutEvents', input, principal, region });
  const results = Array.isArray(Entries) ? Entries : [];
  return results.map((result) =>
    isJsonObject(result) && result.ErrorCode !== undefined ? `${result.ErrorCode}: ${result.ErrorMessage}` : undefined,
  );
}

function entryOf(Detail: string, event: JsonValue, { pipe }: Execution): JsonObject {
  const { Target, TargetParameters, Name, Source } = pipe;
  const parameters = TargetParameters?.EventBridgeEventBusParameters ?? {};
  const time = parameters.Time === undefined ? undefined : secondsOf(textAt(parameters.Time, event));
  return {
    EventBusName: Target,
    Source: textAt(parameters.Source ?? `Pipe ${Name}`, event),
    DetailType: textAt(parameters.DetailType ?? `Event from aws:${parseArn(Source)?.service}`, event),
    Detail,
    ...(parameters.Resources !== undefined && { Resources: parameters.Resources.map((each) => textAt(each, event)) }),
    ...(time !== undefined && { Time: time }),
  };
}

/** Epoch seconds, of a number of seconds or milliseconds or of ISO 8601; undefined when it is none of them. */
function secondsOf(text: string): number | undefined {
  const number = Number(text);
  const milliseconds = Number.isNaN(number) ? Date.parse(text) : number > 1e11 ? number : number * 1000;
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}
