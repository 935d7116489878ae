import * as z from 'zod';
import { parseArn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import { isJsonObject } from '../core/json.ts';
import { parseJson } from '../core/parse-json.ts';
import { property } from '../core/resource-type.ts';
import { parseScheduleExpression } from '../schedule-expression/schedule-expression.ts';
import { isTimeZone } from '../schedule-expression/time-zone.ts';
import { retryPolicySchema } from '../target-delivery/retry-policy.ts';

/** Of a schedule or a group. */
export const schedulerName = z
  .string()
  .regex(/^[0-9a-zA-Z\-_.]{1,64}$/, 'must have 1 to 64 letters, digits, -, _ and .');

/** Epoch milliseconds, from the epoch seconds of the API or the ISO 8601 text of a template. */
const date = z.union([
  z.number().transform((seconds) => Math.round(seconds * 1000)),
  z
    .string()
    .transform((text) => Date.parse(text))
    .refine((time) => !Number.isNaN(time), 'must be a date'),
]);

const scheduleTargetSchema = z.strictObject({
  Arn: z.string().min(1).max(1600),
  RoleArn: z.string().min(1).max(1600),
  Input: z.string().min(1).max(262_144).optional(),
  DeadLetterConfig: z.strictObject({ Arn: z.string().min(1).max(1600).optional() }).optional(),
  RetryPolicy: retryPolicySchema.optional(),
  SqsParameters: z.strictObject({ MessageGroupId: z.string().min(1).max(128).optional() }).optional(),
  EventBridgeParameters: z
    .strictObject({ DetailType: z.string().min(1).max(128), Source: z.string().min(1).max(256) })
    .optional(),
});

/** The members that the API and CloudFormation spell alike. */
export const scheduleShape = {
  Description: z.string().max(512).optional(),
  StartDate: date.optional(),
  EndDate: date.optional(),
  FlexibleTimeWindow: z.strictObject({
    Mode: z.enum(['OFF', 'FLEXIBLE']),
    MaximumWindowInMinutes: property.integer().optional(),
  }),
  ScheduleExpression: z.string().min(1).max(256),
  ScheduleExpressionTimezone: z.string().min(1).max(50).optional(),
  State: z.enum(['ENABLED', 'DISABLED']).optional(),
  Target: scheduleTargetSchema,
};
/** A schedule as it is kept, without what tells it from others. */
export const scheduleSettingsSchema = z.object({
  ...scheduleShape,
  StartDate: z.number().optional(),
  EndDate: z.number().optional(),
  KmsKeyArn: z.string().optional(),
  ActionAfterCompletion: z.enum(['NONE', 'DELETE']).optional(),
});
export type ScheduleSettings = z.infer<typeof scheduleSettingsSchema>;

export function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

/** @throws AwsError ValidationException, naming what a schedule of the local endpoint cannot be */
export function checkSchedule(settings: ScheduleSettings): void {
  const { ScheduleExpression, ScheduleExpressionTimezone = 'UTC', FlexibleTimeWindow, StartDate, EndDate } = settings;
  if (parseScheduleExpression(ScheduleExpression) === undefined) {
    throw invalid(`Invalid Schedule Expression ${ScheduleExpression}.`);
  }
  if (!isTimeZone(ScheduleExpressionTimezone)) {
    throw invalid(`Provided timezone ${ScheduleExpressionTimezone} is not valid.`);
  }
  const { Mode, MaximumWindowInMinutes: minutes } = FlexibleTimeWindow;
  if (Mode === 'OFF' && minutes !== undefined) {
    throw invalid('MaximumWindowInMinutes must not be specified when the mode of the flexible time window is OFF.');
  }
  if (Mode === 'FLEXIBLE' && (minutes === undefined || minutes < 1 || minutes > 1440)) {
    throw invalid('A flexible time window needs MaximumWindowInMinutes between 1 and 1440.');
  }
  if (StartDate !== undefined && EndDate !== undefined && EndDate <= StartDate) {
    throw invalid('The EndDate must come after the StartDate.');
  }
  checkTarget(settings);
}

function checkTarget({ Target }: ScheduleSettings): void {
  const { Arn, Input, SqsParameters, EventBridgeParameters, DeadLetterConfig } = Target;
  const { service = '', resource = '' } = parseArn(Arn) ?? {};
  const isBus = service === 'events' && resource.startsWith('event-bus/');
  if (!isBus && !['lambda', 'sqs', 'sns'].includes(service)) {
    throw invalid(
      `The target ${Arn} is not supported by the local endpoint, which knows Lambda functions, SQS queues, SNS topics and event buses. See the support matrix of local-aws.`,
    );
  }
  if (isBus && EventBridgeParameters === undefined)
    throw invalid('EventBridgeParameters must be specified for an event bus.');
  if (!isBus && EventBridgeParameters !== undefined)
    throw invalid(`EventBridgeParameters do not fit the target ${Arn}.`);
  if (SqsParameters !== undefined && service !== 'sqs') throw invalid(`SqsParameters do not fit the target ${Arn}.`);
  if (service === 'sqs' && Arn.endsWith('.fifo') && SqsParameters?.MessageGroupId === undefined) {
    throw invalid('SqsParameters with a MessageGroupId must be specified for a FIFO queue.');
  }
  if (Input !== undefined && service === 'lambda' && parseJson(Input) === undefined) {
    throw invalid('The Input of a Lambda function must be JSON.');
  }
  if (Input !== undefined && isBus && !isJsonObject(parseJson(Input))) {
    throw invalid('The Input of an event bus must be a JSON object.');
  }
  const deadLetterArn = DeadLetterConfig?.Arn;
  if (deadLetterArn !== undefined && (parseArn(deadLetterArn)?.service !== 'sqs' || deadLetterArn.endsWith('.fifo'))) {
    throw invalid(`The dead-letter queue ${deadLetterArn} must be a standard SQS queue.`);
  }
}
