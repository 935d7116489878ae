import * as z from 'zod';
import { arn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import { Mirror } from '../core/mirror.ts';
import type { StateStore } from '../core/state-store.ts';
import { invalid } from './schedule-settings.ts';

const groupSchema = z.object({
  name: z.string(),
  arn: z.string(),
  region: z.string(),
  tags: z.record(z.string(), z.string()),
  /** Epoch milliseconds. */
  createdAt: z.number(),
  modifiedAt: z.number(),
});
export type ScheduleGroup = z.infer<typeof groupSchema>;

export const defaultGroup = 'default';

/** The schedule groups of all regions. Each region has a default group, which cannot be deleted. */
export class GroupStore {
  readonly #clock: Clock;
  /** By ARN. */
  readonly #groups: Map<string, ScheduleGroup>;
  readonly #mirror: Mirror<ScheduleGroup>;

  constructor(state: StateStore, clock: Clock) {
    this.#clock = clock;
    this.#mirror = new Mirror(state, 'scheduler/groups', groupSchema, () => this.#groups);
    this.#groups = this.#mirror.kept();
  }

  /** @throws AwsError ResourceNotFoundException */
  get(name: string, region: string): ScheduleGroup {
    const group = this.#groups.get(groupArnOf(name, region));
    if (group !== undefined) return group;
    if (name === defaultGroup) return this.#make(name, region, {});
    throw new AwsError('ResourceNotFoundException', `Schedule group ${name} does not exist.`, 404);
  }

  byArn(groupArn: string): ScheduleGroup | undefined {
    return this.#groups.get(groupArn);
  }

  list(region: string): ScheduleGroup[] {
    this.get(defaultGroup, region);
    return [...this.#groups.values()]
      .filter((group) => group.region === region)
      .sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  /** @throws AwsError ConflictException */
  create(name: string, region: string, tags: Record<string, string>): ScheduleGroup {
    if (name === defaultGroup || this.#groups.has(groupArnOf(name, region))) {
      throw new AwsError('ConflictException', `Schedule group ${name} already exists.`, 409);
    }
    const group = this.#make(name, region, tags);
    this.#mirror.changed(group.arn);
    return group;
  }

  setTags(group: ScheduleGroup, tags: Record<string, string>): void {
    Object.assign(group, { tags, modifiedAt: this.#clock.now() });
    this.#mirror.changed(group.arn);
  }

  /** @throws AwsError ValidationException for the default group */
  delete({ name, arn: groupArn }: ScheduleGroup): void {
    if (name === defaultGroup) throw invalid('The default schedule group cannot be deleted.');
    this.#groups.delete(groupArn);
    this.#mirror.changed(groupArn);
  }

  #make(name: string, region: string, tags: Record<string, string>): ScheduleGroup {
    const now = this.#clock.now();
    const group = { name, arn: groupArnOf(name, region), region, tags, createdAt: now, modifiedAt: now };
    this.#groups.set(group.arn, group);
    return group;
  }
}

export function groupArnOf(name: string, region: string): string {
  return arn('scheduler', region, `schedule-group/${name}`);
}

export function describeGroup({ name, arn: Arn, createdAt, modifiedAt }: ScheduleGroup): object {
  return {
    ...{ Name: name, Arn },
    State: 'ACTIVE',
    CreationDate: createdAt / 1000,
    LastModificationDate: modifiedAt / 1000,
  };
}
