import { type Clock, systemClock } from '../core/clock.ts';
import { CredentialStore } from '../core/credentials.ts';
import { noStateStore, type StateStore } from '../core/state-store.ts';
import { startEdge } from '../edge/server.ts';
import { createMessaging, type Messaging, type MessagingOptions } from './messaging.ts';

export type MessagingEdge = {
  readonly url: string;
  readonly clientConfig: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly maxAttempts: number;
  };
  readonly credentials: CredentialStore;
  readonly messaging: Messaging;
  close(): Promise<void>;
};

type Settings = Partial<MessagingOptions> & { readonly clock?: Clock; readonly state?: StateStore };

/** S3, SQS, SNS and STS behind an edge of their own, for the SDK's clients. */
export async function startMessagingEdge(settings: Settings = {}): Promise<MessagingEdge> {
  const errors: unknown[] = [];
  const credentials = new CredentialStore();
  let url = '';
  const messaging = await createMessaging({
    clock: systemClock,
    state: noStateStore,
    credentials,
    endpointUrl: () => url,
    lambda: { invoke: () => Promise.reject(new Error('no functions here')) },
    maySend: () => true,
    onUndelivered: (text) => errors.push(text),
    ...settings,
  });
  const edge = await startEdge({
    port: 0,
    apis: { s3: messaging.s3, sqs: messaging.sqs, sns: messaging.sns, sts: messaging.sts },
    frontends: [],
    pages: {},
    credentials,
    onError: (error) => errors.push(error),
  });
  url = `http://127.0.0.1:${edge.port}`;
  return {
    url,
    clientConfig: {
      endpoint: url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    },
    credentials,
    messaging,
    async close() {
      await messaging.close();
      await edge.close();
      if (errors.length > 0) throw new AggregateError(errors, 'the endpoint reported errors');
    },
  };
}
