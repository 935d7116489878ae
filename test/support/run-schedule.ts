import { GetScheduleCommand, type SchedulerClient, UpdateScheduleCommand } from '@aws-sdk/client-scheduler';

/** Runs a schedule once, a minute from now, by the clock that `advance` moves. */
export async function runSchedule(
  scheduler: SchedulerClient,
  Name: string,
  advance: (milliseconds: number) => Promise<void>,
): Promise<void> {
  const { ScheduleExpression, ScheduleExpressionTimezone, FlexibleTimeWindow, Target, Description } =
    await scheduler.send(new GetScheduleCommand({ Name }));
  const update = async (expression: string | undefined): Promise<void> => {
    const settings = { ScheduleExpressionTimezone, FlexibleTimeWindow, Target, Description };
    await scheduler.send(new UpdateScheduleCommand({ Name, ...settings, ScheduleExpression: expression }));
  };
  await update('rate(1 minute)');
  await advance(60_000);
  await update(ScheduleExpression);
}
