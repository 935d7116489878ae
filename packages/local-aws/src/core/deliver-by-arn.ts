import { randomUUID } from 'node:crypto';
import { parseArn } from './arn.ts';
import type { AwsApi } from './aws-api.ts';
import type { AwsClient } from './aws-client.ts';
import { AwsError } from './aws-error.ts';
import type { DeliverMessage } from './deliver-message.ts';
import type { LambdaInvoker } from './lambda-invoker.ts';

type Doors = { readonly aws: AwsClient; readonly dispatch: AwsApi; readonly lambda: LambdaInvoker };

/** Sends to queues, topics and functions on someone's behalf: destinations, dead letters, alarms, pipe targets. */
export function deliverByArn({ aws, dispatch, lambda }: Doors): DeliverMessage {
  return async ({ destinationArn, body, subject, attributes, principal }) => {
    const target = parseArn(destinationArn);
    if (target?.service === 'sqs') {
      await aws({
        service: 'sqs',
        action: 'SendMessage',
        region: target.region,
        principal,
        input: {
          QueueUrl: `http://localhost/${target.account}/${target.resource}`,
          MessageBody: body,
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, value]) => [
              name,
              { DataType: dataTypeOf(value), StringValue: String(value) },
            ]),
          ),
        },
      });
      return;
    }
    if (target?.service === 'lambda') {
      await lambda.invoke({ functionName: destinationArn, type: 'Event', payload: body, principal });
      return;
    }
    if (target?.service !== 'sns')
      throw new AwsError('InvalidParameterValueException', `Cannot send to ${destinationArn}`);
    const response = await dispatch({
      requestId: randomUUID(),
      service: 'sns',
      region: target.region,
      principal,
      method: 'POST',
      path: '/',
      query: new URLSearchParams(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(publishForm(destinationArn, body, subject, attributes).toString()),
    });
    if (response.status >= 300) {
      const code = /<Code>([^<]*)<\/Code>/.exec(response.body.toString())?.[1] ?? 'InternalError';
      throw new AwsError(code, `Publishing to ${destinationArn} failed: ${code}`, response.status);
    }
  };
}

function publishForm(
  topicArn: string,
  message: string,
  subject: string | undefined,
  attributes: Readonly<Record<string, string | number>>,
): URLSearchParams {
  const form = new URLSearchParams({ Action: 'Publish', Version: '2010-03-31', TopicArn: topicArn, Message: message });
  if (subject !== undefined) form.set('Subject', subject);
  Object.entries(attributes).forEach(([name, value], index) => {
    const prefix = `MessageAttributes.entry.${index + 1}`;
    form.set(`${prefix}.Name`, name);
    form.set(`${prefix}.Value.DataType`, dataTypeOf(value));
    form.set(`${prefix}.Value.StringValue`, String(value));
  });
  return form;
}

function dataTypeOf(value: string | number): string {
  return typeof value === 'number' ? 'Number' : 'String';
}
