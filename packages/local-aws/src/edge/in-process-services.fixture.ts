import { type Clock, systemClock } from '../core/clock.ts';
import { CredentialStore } from '../core/credentials.ts';
import type { ResourceType } from '../core/resource-type.ts';
import { noStateStore, type StateStore } from '../core/state-store.ts';
import { noAccessControl } from '../iam/access-check.ts';
import { openS3, type S3 } from '../s3/s3.ts';
import { withSnsLinks } from '../sns/links.ts';
import { createSns, type Sns, type SnsOptions } from '../sns/sns-api.ts';
import { createSqs, type Sqs } from '../sqs/sqs.ts';
import { stsApi } from '../sts/sts-api.ts';
import { startEdge } from './server.ts';

export type InProcessServices = {
  readonly url: string;
  readonly clientConfig: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly maxAttempts: number;
  };
  readonly credentials: CredentialStore;
  readonly s3: S3;
  readonly sqs: Sqs;
  readonly sns: Sns;
  readonly resourceTypes: readonly ResourceType[];
  close(): Promise<void>;
};

type Settings = Partial<Omit<SnsOptions, 'queues'>> & { readonly clock?: Clock; readonly state?: StateStore };

/** S3, SQS, SNS and STS behind an edge of their own, for the SDK's clients. */
export async function startInProcessServices(settings: Settings = {}): Promise<InProcessServices> {
  const errors: unknown[] = [];
  const { clock = systemClock, state = noStateStore } = settings;
  const credentials = new CredentialStore();
  let url = '';
  const endpointUrl = (): string => url;
  const s3 = await openS3({ clock, state });
  const sqs = createSqs({ clock, state, endpointUrl });
  const sns = createSns({
    clock,
    state,
    endpointUrl,
    queues: sqs.queues,
    lambda: { invoke: () => Promise.reject(new Error('no functions here')) },
    maySend: () => true,
    onUndelivered: (text) => errors.push(text),
    ...settings,
  });
  const edge = await startEdge({
    port: 0,
    apis: {
      s3: withSnsLinks(s3.api, () => sns.api),
      sqs: sqs.api,
      sns: sns.api,
      sts: stsApi({ credentials, clock, access: noAccessControl }),
    },
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
    s3,
    sqs,
    sns,
    resourceTypes: [...sqs.resourceTypes, ...sns.resourceTypes, ...s3.resourceTypes],
    async close() {
      sns.close();
      sqs.close();
      await s3.close();
      await edge.close();
      if (errors.length > 0) throw new AggregateError(errors, 'the endpoint reported errors');
    },
  };
}
