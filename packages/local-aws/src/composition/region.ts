import type { ActivityScope } from '../activity/activity.ts';
import type { Dashboards } from '../cloudwatch/dashboards.ts';
import type { UserPools } from '../cognito/user-pools.ts';
import type { AwsApi } from '../core/aws-api.ts';
import type { DeliverMessage } from '../core/deliver-message.ts';
import type { LambdaInvoker } from '../core/lambda-invoker.ts';
import type { ResourceType } from '../core/resource-type.ts';
import type { Inspector } from '../debug/inspect-functions.ts';
import type { Consumers } from '../event-sources/consumers.ts';
import type { EventBridge } from '../eventbridge/eventbridge.ts';
import type { S3 } from '../s3/s3.ts';
import type { Sns } from '../sns/sns-api.ts';
import type { QueueStore } from '../sqs/queue-store.ts';
import { type Compute, registerCompute } from './compute.ts';
import { registerEvents } from './events.ts';
import type { Foundation } from './foundation.ts';
import { registerNotifications } from './notifications.ts';
import type { Permissions } from './permissions.ts';
import { registerStorage, type Storage } from './storage.ts';
import { registerWeb, type Web } from './web.ts';

/** What the services of a region share with those of all others. */
export type RegionPorts = {
  readonly s3: S3;
  readonly permissions: Permissions;
  readonly userPools: UserPools;
  readonly dashboards: Dashboards;
  readonly queues: Pick<QueueStore, 'byArn'>;
  readonly invoker: LambdaInvoker;
  readonly deliver: DeliverMessage;
  readonly inspector: Inspector | undefined;
  readonly activity: ActivityScope | undefined;
  readonly localAddresses: (text: string) => string;
  readonly dynamoDbEngine: string | undefined;
  readonly onLog: ((group: string, message: string) => void) | undefined;
};

/** The services of one region. They know no other region: what is elsewhere they reach by ARN, as its clients do. */
export type Region = Pick<Foundation, 'region' | 'services'> & {
  readonly storage: Storage;
  readonly sns: Sns;
  readonly compute: Compute;
  readonly events: Pick<EventBridge, 'receive'>;
  readonly web: Web;
  readonly consumers: readonly Consumers[];
  /** By SigV4 service name. */
  readonly apis: ReadonlyMap<string, AwsApi>;
  /** By type. */
  readonly resourceTypes: ReadonlyMap<string, ResourceType>;
};

/** Builds the services of a region, each after those that it needs. */
export async function openRegion(foundation: Foundation, ports: RegionPorts): Promise<Region> {
  const { region, services } = foundation;
  const { s3, dynamoDbEngine, onLog, permissions, invoker, deliver, inspector } = ports;
  const { access } = permissions;
  const consumers: Consumers[] = [];
  const storage = await registerStorage(foundation, { s3, access, dynamoDbEngine, onLog, consumers });
  const { sns, cloudWatch } = registerNotifications(foundation, {
    ...ports,
    storage,
    access,
    encrypted: permissions.encrypted,
  });
  const { activity, localAddresses } = ports;
  const compute = registerCompute(foundation, {
    ...{ storage, access, invoker, deliver, cloudWatch, inspector, activity, localAddresses },
  });
  consumers.push(...compute.consumers);
  const events = registerEvents(foundation, { access, invoker, deliver, cloudWatch });
  const web = registerWeb(foundation, { ...ports, storage, cloudWatch });
  return {
    ...{ region, services, storage, sns, compute, events, web, consumers },
    apis: new Map(services.apis()),
    resourceTypes: new Map(services.resourceTypes().map((type) => [type.type, type])),
  };
}
