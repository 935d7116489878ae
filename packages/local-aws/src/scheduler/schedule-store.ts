import { arn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import { Mirror } from '../core/mirror.ts';
import type { StateStore } from '../core/state-store.ts';
import { Timetable } from '../schedule-expression/timetable.ts';
import { recurrenceOf, type Schedule, scheduleSchema } from './schedule.ts';
import { type GroupStore, groupArnOf } from './schedule-group.ts';
import { checkSchedule, invalid, type ScheduleSettings } from './schedule-settings.ts';

export type ScheduleStoreOptions = {
  readonly clock: Clock;
  readonly state: StateStore;
  readonly groups: GroupStore;
  /** Whether the service may assume a role for schedules of this group. */
  readonly mayAssume: (roleArn: string, groupArn: string) => boolean;
  /** Called at each time of a schedule that is enabled. */
  readonly invoke: (schedule: Schedule, scheduledTime: number) => void;
};

type Place = { readonly name: string; readonly group: string; readonly region: string };

/** The schedules of all regions. */
export class ScheduleStore {
  readonly #options: ScheduleStoreOptions;
  /** By ARN. */
  readonly #schedules: Map<string, Schedule>;
  readonly #mirror: Mirror<Schedule>;
  readonly #timetable: Timetable;

  constructor(options: ScheduleStoreOptions) {
    this.#options = options;
    this.#timetable = new Timetable(options.clock, (scheduleArn, due) => this.#run(scheduleArn, due));
    this.#mirror = new Mirror(options.state, 'scheduler/schedules', scheduleSchema, () => this.#schedules);
    this.#schedules = this.#mirror.kept();
  }

  /** Plans the schedules that were kept. A time that passed meanwhile is made up for if the schedule has no other. */
  resume(): void {
    for (const schedule of this.#schedules.values()) {
      const isMissed =
        schedule.lastRunAt === undefined && recurrenceOf(schedule).next(this.#options.clock.now()) === undefined;
      this.#plan(schedule, isMissed ? schedule.modifiedAt - 1 : undefined);
    }
  }

  list(region: string): Schedule[] {
    return [...this.#schedules.values()]
      .filter((schedule) => schedule.region === region)
      .sort((left, right) => (left.arn < right.arn ? -1 : 1));
  }

  /** @throws AwsError ResourceNotFoundException */
  get(place: Place): Schedule {
    const schedule = this.#schedules.get(scheduleArnOf(place));
    if (schedule !== undefined) return schedule;
    this.#options.groups.get(place.group, place.region);
    throw new AwsError('ResourceNotFoundException', `Schedule ${place.name} does not exist.`, 404);
  }

  /** @throws AwsError */
  create(place: Place, settings: ScheduleSettings, { isOfStack }: Pick<Schedule, 'isOfStack'>): Schedule {
    this.#check(place, settings);
    const scheduleArn = scheduleArnOf(place);
    if (this.#schedules.has(scheduleArn)) {
      throw new AwsError('ConflictException', `Schedule ${place.name} already exists.`, 409);
    }
    const now = this.#options.clock.now();
    return this.#put({
      ...settings,
      ...{ Name: place.name, GroupName: place.group, arn: scheduleArn, region: place.region },
      ...{ isOfStack, createdAt: now, modifiedAt: now },
    });
  }

  /** What `settings` leave out goes back to its default. @throws AwsError */
  replace(place: Place, settings: ScheduleSettings): Schedule {
    this.#check(place, settings);
    const { Name, GroupName, arn: scheduleArn, region, isOfStack, createdAt } = this.get(place);
    const identity = { Name, GroupName, arn: scheduleArn, region, isOfStack, createdAt };
    return this.#put({ ...settings, ...identity, modifiedAt: this.#options.clock.now() });
  }

  delete({ arn: scheduleArn }: Pick<Schedule, 'arn'>): void {
    this.#timetable.delete(scheduleArn);
    this.#schedules.delete(scheduleArn);
    this.#mirror.changed(scheduleArn);
  }

  deleteGroup(group: string, region: string): void {
    for (const schedule of this.list(region)) if (schedule.GroupName === group) this.delete(schedule);
  }

  /** Deletes the schedules that no template made. */
  reset(): void {
    for (const schedule of this.#schedules.values()) if (!schedule.isOfStack) this.delete(schedule);
  }

  close(): void {
    this.#timetable.close();
  }

  #check({ group, region }: Place, settings: ScheduleSettings): void {
    this.#options.groups.get(group, region);
    checkSchedule(settings);
    if (this.#options.mayAssume(settings.Target.RoleArn, groupArnOf(group, region))) return;
    throw invalid('The execution role you provide must allow AWS EventBridge Scheduler to assume the role.');
  }

  #put(schedule: Schedule): Schedule {
    this.#schedules.set(schedule.arn, schedule);
    this.#mirror.changed(schedule.arn);
    // A rate begins at the very time at which it is set.
    this.#plan(schedule, schedule.modifiedAt - 1);
    return schedule;
  }

  #plan(schedule: Schedule, after?: number): void {
    if (schedule.State === 'DISABLED') this.#timetable.delete(schedule.arn);
    else this.#timetable.set(schedule.arn, recurrenceOf(schedule), after);
  }

  #run(scheduleArn: string, due: number): void {
    const schedule = this.#schedules.get(scheduleArn);
    if (schedule === undefined) return;
    schedule.lastRunAt = due;
    this.#mirror.changed(scheduleArn);
    this.#options.invoke(schedule, due);
    const isOver = this.#timetable.nextDue(scheduleArn) === undefined;
    if (isOver && schedule.ActionAfterCompletion === 'DELETE') this.delete(schedule);
  }
}

function scheduleArnOf({ name, group, region }: Place): string {
  return arn('scheduler', region, `schedule/${group}/${name}`);
}
