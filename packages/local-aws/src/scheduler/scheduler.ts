import type { AwsApi } from '../core/aws-api.ts';
import type { PendingWork } from '../core/pending-work.ts';
import type { ResourceType } from '../core/resource-type.ts';
import { restJsonApi } from '../core/rest-protocol.ts';
import { type InvokeOptions, ScheduleInvoker } from './invoke-schedules.ts';
import { GroupStore } from './schedule-group.ts';
import { ScheduleStore } from './schedule-store.ts';
import { groupResource, scheduleResource } from './scheduler-resources.ts';
import { schedulerRoutes } from './scheduler-routes.ts';

export type Scheduler = {
  readonly api: AwsApi;
  readonly resourceTypes: readonly ResourceType[];
  /** The invocations that are not finished. */
  pending(): readonly PendingWork[];
  /** Drops those invocations, and the schedules that no template made. */
  reset(): void;
  /** Plans the schedules that were kept, and takes up the invocations that a restart interrupted. */
  resume(): void;
  close(): void;
};

/** EventBridge Scheduler: schedules with time zones and flexible windows, in groups (REST). */
export function createScheduler(options: InvokeOptions): Scheduler {
  const { clock, state, mayAssume } = options;
  const groups = new GroupStore(state, clock);
  const invoker = new ScheduleInvoker(options);
  const invoke = invoker.invoke.bind(invoker);
  const schedules = new ScheduleStore({ clock, state, groups, mayAssume, invoke });
  return {
    api: restJsonApi('scheduler', schedulerRoutes(schedules, groups)),
    resourceTypes: [scheduleResource(schedules), groupResource(schedules, groups)],
    pending: () => invoker.queue.pending(),
    reset() {
      schedules.reset();
      invoker.queue.reset();
    },
    resume() {
      schedules.resume();
      invoker.queue.resume();
    },
    close() {
      schedules.close();
      invoker.queue.close();
    },
  };
}
