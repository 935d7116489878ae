import { parseArn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import type { DeliverMessage } from '../core/deliver-message.ts';
import type { JsonObject } from '../core/json.ts';
import type { ServicePrincipal } from '../core/principal.ts';
import type { Collection, StateStore } from '../core/state-store.ts';
import {
  isWanted,
  type NotificationSettings,
  type NotificationTarget,
  noNotifications,
  settingsSchema,
} from './notification-settings.ts';
import { bucketArn, busEvent, type ObjectChange, objectEvent, testEvent } from './object-event.ts';

/** What notifications need of services that are built after S3. */
export type NotificationPorts = {
  readonly deliver: DeliverMessage;
  /** Whether the policy of a function, queue or topic lets a service act on it. */
  readonly allows: (principal: ServicePrincipal, action: string, resource: string) => boolean;
  /** Puts an event of S3 on the default bus of a region. */
  readonly putEvent: (event: {
    readonly region: string;
    readonly detailType: string;
    readonly detail: JsonObject;
    readonly resource: string;
  }) => Promise<void>;
  /** A notification could not be delivered. */
  readonly onNote: (text: string) => void;
};

const actions: Readonly<Record<string, string>> = {
  lambda: 'lambda:InvokeFunction',
  sqs: 'sqs:SendMessage',
  sns: 'sns:Publish',
};

/** Who is notified of the changes in each bucket. */
export class BucketNotifications {
  readonly #clock: Clock;
  readonly #kept: Collection<NotificationSettings>;
  readonly #settings: Map<string, NotificationSettings>;
  #ports: NotificationPorts | undefined;

  constructor(clock: Clock, state: StateStore) {
    this.#clock = clock;
    this.#kept = state.collection('s3/notifications', settingsSchema);
    this.#settings = new Map(this.#kept.entries());
  }

  connect(ports: NotificationPorts): void {
    this.#ports = ports;
  }

  get(bucket: string): NotificationSettings {
    return this.#settings.get(bucket) ?? noNotifications;
  }

  /**
   * Checks the destinations, sends queues and topics a test event, and keeps the settings.
   *
   * @param isChecked whether destinations must exist and let S3 in
   * @throws AwsError InvalidArgument
   */
  async set(
    bucket: string,
    settings: NotificationSettings,
    { requestId, isChecked = true }: { readonly requestId: string; readonly isChecked?: boolean },
  ): Promise<void> {
    if (isChecked) await this.#check(bucket, settings, requestId);
    this.#settings.set(bucket, settings);
    this.#kept.put(bucket, settings);
  }

  delete(bucket: string): void {
    this.#settings.delete(bucket);
    this.#kept.delete(bucket);
  }

  /** Resolves when every destination has accepted its notification: the answer of S3 then acknowledges both. */
  async changed(change: Omit<ObjectChange, 'time'>): Promise<void> {
    const { targets, isOnEventBridge } = this.get(change.bucket);
    const dated: ObjectChange = { ...change, time: this.#clock.now() };
    for (const target of targets) {
      if (!isWanted(target, change.name, change.key)) continue;
      await this.#attempt(change.bucket, target.destinationArn, JSON.stringify(objectEvent(dated, target.id)));
    }
    if (isOnEventBridge) {
      await this.#ports?.putEvent({ region: change.region, resource: bucketArn(change.bucket), ...busEvent(dated) });
    }
  }

  async #check(bucket: string, { targets }: NotificationSettings, requestId: string): Promise<void> {
    const refused = targets.filter(({ destinationArn }) => !this.#isAllowed(bucket, destinationArn));
    if (refused.length > 0) throw invalidDestinations(refused);
    const body = JSON.stringify(testEvent(bucket, { requestId, time: this.#clock.now() }));
    for (const { destinationArn } of targets) {
      if (parseArn(destinationArn)?.service !== 'lambda') await this.#send(bucket, destinationArn, body);
    }
  }

  #isAllowed(bucket: string, destinationArn: string): boolean {
    const service = parseArn(destinationArn)?.service ?? '';
    const action = Object.hasOwn(actions, service) ? actions[service] : undefined;
    return action !== undefined && this.#ports?.allows(principalOf(bucket), action, destinationArn) !== false;
  }

  async #attempt(bucket: string, destinationArn: string, body: string): Promise<void> {
    try {
      await this.#send(bucket, destinationArn, body);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#ports?.onNote(`A notification of the bucket ${bucket} to ${destinationArn} is lost: ${reason}`);
    }
  }

  async #send(bucket: string, destinationArn: string, body: string): Promise<void> {
    await this.#ports?.deliver({
      destinationArn,
      body,
      attributes: {},
      principal: principalOf(bucket),
      ...(parseArn(destinationArn)?.service === 'sns' && { subject: 'Amazon S3 Notification' }),
    });
  }
}

function principalOf(bucket: string): ServicePrincipal {
  return { kind: 'service', service: 's3.amazonaws.com', sourceArn: bucketArn(bucket) };
}

/** Names each destination in members of the error, as S3 does. */
function invalidDestinations(targets: readonly NotificationTarget[]): AwsError {
  const members = targets.flatMap(({ destinationArn }, index) => [
    [`ArgumentName${index + 1}`, destinationArn],
    [`ArgumentValue${index + 1}`, 'The destination does not exist, or its policy does not let S3 in'],
  ]);
  const message = 'Unable to validate the following destination configurations';
  return new AwsError('InvalidArgument', message, 400, Object.fromEntries(members));
}
