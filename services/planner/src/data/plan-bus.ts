import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { putEvent } from '#shared/events/put-event.ts';
import type { MorningPlan } from '../domain/morning-plan.ts';

/** The bus of plans. The event patterns of its subscribers match the source, the detail type and the version. */
export type PlanBus = {
  /** @throws EventRefused */
  publish(plan: MorningPlan, time: Date): Promise<void>;
};

export function planBus(client: EventBridgeClient, busName: string): PlanBus {
  return {
    publish: (detail, time) =>
      putEvent(client, { busName, source: 'planner', detailType: 'MorningPlanMade', detail, time }),
  };
}
