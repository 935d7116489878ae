import { EventBridgeClient, type EventBridgeClientConfig } from '@aws-sdk/client-eventbridge';
import { clientOptions } from '../aws/client-options.ts';
import { noteLostAttempts } from '../aws/note-lost-attempts.ts';
import { traceCalls } from '../aws/trace-calls.ts';
import { once } from '../once.ts';

/** An EventBridge client of a function, with the same bounds as the DynamoDB client. */
export function createBusClient(config: EventBridgeClientConfig = {}): EventBridgeClient {
  return noteLostAttempts(
    traceCalls(
      new EventBridgeClient({
        ...clientOptions,
        ...config,
      }),
    ),
  );
}

/** The one EventBridge client of a process. */
export const busClient = once(() => createBusClient());
