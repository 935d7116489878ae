import { parseArn } from '../core/arn.ts';
import { parseJson } from '../core/parse-json.ts';
import { targetServices } from '../target-delivery/send-to-target.ts';
import { eventsError } from './events-error.ts';
import { checkTransformer } from './input-transformer.ts';
import type { Target } from './rule.ts';

const services: ReadonlySet<string> = new Set([...targetServices, 'events']);

/** @throws AwsError ValidationException, naming what a target of the local endpoint cannot be */
export function checkTarget({ Id, Arn, ...target }: Target): void {
  const { service = '', resource = '' } = parseArn(Arn) ?? {};
  const isKnown = services.has(service) && (service !== 'events' || resource.startsWith('event-bus/'));
  if (!isKnown) {
    throw eventsError.validation(
      `The target ${Arn} is not supported by the local endpoint, which knows Lambda functions, SQS queues, SNS topics, event buses and log groups. See the support matrix of local-aws.`,
    );
  }
  const { Input, InputPath, InputTransformer, SqsParameters, DeadLetterConfig, RoleArn } = target;
  const inputs = [Input, InputPath, InputTransformer].filter((input) => input !== undefined);
  if (inputs.length > 1) {
    throw eventsError.validation(
      `Only one of Input, InputPath, or InputTransformer must be provided for target ${Id}.`,
    );
  }
  if (service === 'events' && inputs.length > 0) {
    throw eventsError.validation(
      `Input, InputPath and InputTransformer of the event bus target ${Id} are not supported by the local endpoint.`,
    );
  }
  if (service === 'events' && RoleArn === undefined) {
    throw eventsError.validation(`RoleArn is required for target ${Arn}.`);
  }
  checkInput(Id, target);
  if (SqsParameters !== undefined && service !== 'sqs') {
    throw eventsError.validation(`Parameter(s) SqsParameters not valid for target ${Id}.`);
  }
  if (service === 'sqs' && Arn.endsWith('.fifo') && SqsParameters?.MessageGroupId === undefined) {
    throw eventsError.validation(`Parameter(s) SqsParameters must be specified for target: ${Id}.`);
  }
  const deadLetterArn = DeadLetterConfig?.Arn;
  if (deadLetterArn === undefined) return;
  if (parseArn(deadLetterArn)?.service !== 'sqs' || deadLetterArn.endsWith('.fifo')) {
    throw eventsError.validation(
      `The dead-letter queue ${deadLetterArn} of target ${Id} must be a standard SQS queue.`,
    );
  }
}

function checkInput(id: string, { Input, InputPath, InputTransformer }: Omit<Target, 'Id' | 'Arn'>): void {
  if (Input !== undefined && parseJson(Input) === undefined) {
    throw eventsError.validation(`JSON syntax error in input for target ${id}`);
  }
  if (InputPath !== undefined && !InputPath.startsWith('$')) {
    throw eventsError.validation(`InputPath for target ${id} must start with $.`);
  }
  if (InputTransformer !== undefined) checkTransformer(id, InputTransformer);
}
