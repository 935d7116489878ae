import { GetScheduleCommand, type SchedulerClient, UpdateScheduleCommand } from '@aws-sdk/client-scheduler';

/** Runs a schedule once, a minute from now by the clock that `advance` moves, with `changes` in its input. */
export async function runSchedule(
  scheduler: SchedulerClient,
  Name: string,
  advance: (milliseconds: number) => Promise<void>,
  changes: object,
): Promise<void> {
  const { ScheduleExpression, ScheduleExpressionTimezone, FlexibleTimeWindow, Target, Description } =
    await scheduler.send(new GetScheduleCommand({ Name }));
  const settings = { Name, ScheduleExpressionTimezone, FlexibleTimeWindow, Description };
  const input: object = JSON.parse(Target?.Input ?? '{}');
  const once = { Arn: undefined, RoleArn: undefined, ...Target, Input: JSON.stringify({ ...input, ...changes }) };
  await scheduler.send(new UpdateScheduleCommand({ ...settings, ScheduleExpression: 'rate(1 minute)', Target: once }));
  await advance(60_000);
  await scheduler.send(new UpdateScheduleCommand({ ...settings, ScheduleExpression, Target }));
}
