import { AwsError } from '../core/aws-error.ts';
import { cronRecurrence, parseScheduleExpression, type Recurrence, rateRecurrence } from './schedule-expression.ts';

/**
 * The schedule of a rule, which is in UTC. A rate counts from the time at which it was set or enabled.
 * @throws AwsError ValidationException
 */
export function ruleSchedule(text: string): (since: number) => Recurrence {
  const expression = parseScheduleExpression(text);
  if (expression?.kind === 'cron') return () => cronRecurrence(expression.cron, 'UTC');
  if (expression?.kind === 'rate' && expression.unit.endsWith('s') === expression.value > 1) {
    return (since) => rateRecurrence(expression.milliseconds, since + expression.milliseconds);
  }
  throw new AwsError('ValidationException', 'Parameter ScheduleExpression is not valid.');
}
