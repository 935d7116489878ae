import { defaultRegion } from '../../core/arn.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { RouteAccess } from '../../core/web.ts';
import type { Policy } from '../../iam/policy-document.ts';
import type { Subscription } from '../../sns/topic-store.ts';

/** A resource of a stack, with every intrinsic of its properties resolved. */
export type DeployedResource = {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  readonly properties: JsonObject;
  readonly attributes: Readonly<Record<string, JsonValue>>;
};

export type DeployedStack = {
  readonly name: string;
  readonly id: string;
  readonly status: string;
  readonly region: string;
  readonly description: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly resources: readonly DeployedResource[];
};

/** What the topology is read from. */
export type Deployed = {
  readonly stacks: readonly DeployedStack[];
  readonly routesOf: (apiId: string) => readonly RouteAccess[];
  readonly urlOf: (apiId: string) => string | undefined;
  readonly subscriptionsOf: (topicArn: string) => readonly Subscription[];
  readonly policiesOf: (roleArn: string) => readonly Policy[];
};

/** The name of a stack in the console: several regions may have stacks of one name. */
export function stackLabel({ name, region }: { readonly name: string; readonly region: string }): string {
  return region === defaultRegion ? name : `${name} (${region})`;
}

export function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
