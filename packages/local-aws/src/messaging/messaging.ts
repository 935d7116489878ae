import type { QueueDepth } from '../cloudwatch/queue-metrics.ts';
import type { AwsApi } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import type { CredentialStore } from '../core/credentials.ts';
import type { LambdaInvoker } from '../core/lambda-invoker.ts';
import { noObserver, type Observer } from '../core/observer.ts';
import type { ResourceType } from '../core/resource-type.ts';
import type { StateStore } from '../core/state-store.ts';
import { BucketPolicies } from '../s3/bucket-policies.ts';
import { bucketResources } from '../s3/bucket-resources.ts';
import { openObjectStore } from '../s3/object-store.ts';
import { s3Api } from '../s3/s3-api.ts';
import { type Email, Outbox } from '../sns/outbox.ts';
import { createSns } from '../sns/sns-api.ts';
import type { Subscription } from '../sns/topic-store.ts';
import type { Queue } from '../sqs/queue.ts';
import { queueResources } from '../sqs/queue-resources.ts';
import { QueueStore } from '../sqs/queue-store.ts';
import { sqsApi } from '../sqs/sqs-api.ts';
import { stsApi } from '../sts/sts-api.ts';

export type MessagingOptions = {
  readonly clock: Clock;
  /** With a directory queues, messages, topics, buckets and objects survive a restart. */
  readonly state: StateStore;
  readonly credentials: CredentialStore;
  /** The endpoint as its clients reach it, such as `http://localhost:4566`: queue URLs begin with it. */
  readonly endpointUrl: () => string;
  /** For functions that subscribe to topics. */
  readonly lambda: LambdaInvoker;
  /** Whether a queue's own policy lets a topic send to it. */
  readonly maySend: (topicArn: string, queueArn: string) => boolean;
  /** Told of each notification that is lost: its subscriber did not take it, and has no dead-letter queue. */
  readonly onUndelivered: (text: string) => void;
  readonly observer?: Observer;
};

export type Messaging = {
  readonly s3: AwsApi;
  readonly sqs: AwsApi;
  readonly sns: AwsApi;
  readonly sts: AwsApi;
  readonly resourceTypes: readonly ResourceType[];
  /** The policy of a queue or topic, when it has one. Every topic has one. */
  policyOf(resourceArn: string): string | undefined;
  readonly queues: Pick<QueueStore, 'all' | 'byName' | 'byArn'>;
  subscriptionsOf(topicArn: string): readonly Subscription[];
  /** The queues in use as their metrics see them, each when the iterator comes to it. */
  queueDepths(): Iterable<QueueDepth>;
  /** What topics would have sent by email, newest first: the page `/_local/emails`. */
  emails(): readonly Email[];
  /** For Lambda code and templates. @throws AwsError NoSuchKey, NoSuchBucket */
  getObject(bucket: string, key: string): Promise<Buffer>;
  /** Takes up what a restart interrupted; called once everything that takes part is there. */
  resume(): void;
  close(): Promise<void>;
};

/** S3, SQS, SNS and STS, all in process. */
export async function createMessaging(options: MessagingOptions): Promise<Messaging> {
  const { clock, state, credentials, endpointUrl, lambda, maySend, onUndelivered, observer = noObserver } = options;
  const queues = new QueueStore({ clock, state, endpointUrl, observer });
  const objects = await openObjectStore(state.directory);
  const policies = new BucketPolicies(state);
  const outbox = new Outbox(state);
  const sqs = sqsApi(queues, state);
  const s3 = s3Api(objects, policies);
  const sns = createSns({
    clock,
    state,
    queues,
    lambda,
    outbox,
    endpointUrl,
    maySend,
    observer,
    onUndelivered: ({ protocol, endpoint, topicArn }, cause) =>
      onUndelivered(`${topicArn} could not deliver to ${protocol} ${endpoint}: ${reasonOf(cause)}`),
  });
  return {
    s3(request) {
      // The links in emails and confirmations have no signature and look like calls of S3. Their token or subscription
      // ARN is random, so that nobody else can make one.
      return snsLinks.has(request.query.get('Action') ?? '') ? sns.api(request) : s3(request);
    },
    sqs,
    sns: sns.api,
    sts: stsApi(credentials, clock),
    resourceTypes: [...queueResources(queues), ...sns.resourceTypes, ...bucketResources(objects, policies)],
    policyOf: (arn) => queues.byArn(arn)?.attributes.Policy ?? sns.policyOf(arn),
    queues,
    subscriptionsOf: (topicArn) => sns.subscriptionsOf(topicArn),
    queueDepths: () => depthsOf(queues.all()),
    emails: () => outbox.list(),
    async getObject(bucket, key) {
      try {
        return objects.store.getObject(bucket, key).body;
      } catch (error) {
        const code = objects.store.hasBucket(bucket) ? 'NoSuchKey' : 'NoSuchBucket';
        throw new AwsError(code, error instanceof Error ? error.message : String(error), 404);
      }
    },
    resume: () => sns.resume(),
    async close() {
      sns.close();
      queues.close();
      await objects.close();
    },
  };
}

function* depthsOf(queues: readonly Queue[]): Generator<QueueDepth> {
  for (const queue of queues) {
    if (!queue.isInUse()) continue;
    const { ready: visible, inFlight: notVisible, delayed } = queue.counts();
    const oldestAge = Math.floor(queue.ageOfOldest() / 1000);
    yield { name: queue.identity.name, visible, notVisible, delayed, oldestAge };
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

const snsLinks = new Set(['ConfirmSubscription', 'Unsubscribe']);
