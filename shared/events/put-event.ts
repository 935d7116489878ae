import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { traceHeader } from '../observability/traced.ts';

/** An event for a bus. */
type BusEvent = {
  readonly busName: string;
  readonly source: string;
  readonly detailType: string;
  readonly detail: object;
  readonly time: Date;
};

/** EventBridge did not take an event. */
export class EventRefused extends Error {
  readonly code: string;

  /** @param code such as `ThrottlingException`; the message of EventBridge may repeat parts of the event */
  constructor(code: string) {
    super(`EventBridge refused the event: ${code}`);
    this.name = 'EventRefused';
    this.code = code;
  }
}

/**
 * Puts an event on a bus, with the X-Ray trace of this invocation, which EventBridge hands on to targets.
 *
 * PutEvents answers 200 also when it refuses an entry, and the SDK does not repeat refused entries: the refusal is only in
 * the answer.
 *
 * @throws EventRefused
 */
export async function putEvent(
  client: EventBridgeClient,
  { busName, source, detailType, detail, time }: BusEvent,
): Promise<void> {
  const header = traceHeader();
  const entry = { EventBusName: busName, Source: source, DetailType: detailType, Detail: JSON.stringify(detail) };
  const { Entries: [result] = [] } = await client.send(
    new PutEventsCommand({ Entries: [{ ...entry, Time: time, ...(header && { TraceHeader: header }) }] }),
  );
  if (result?.EventId === undefined) throw new EventRefused(result?.ErrorCode ?? 'NoAnswer');
}
