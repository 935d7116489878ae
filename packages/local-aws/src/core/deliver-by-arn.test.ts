import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startInProcessServices } from '../edge/in-process-services.fixture.ts';
import { dispatcher } from '../edge/server.ts';
import { awsClient } from './aws-client.ts';
import { deliverByArn } from './deliver-by-arn.ts';

// test_dead_letter_queue and test_sns_topic_as_lambda_dead_letter_queue of LocalStack, recorded on AWS
test('attributes reach queues and topics as String and Number', async (t) => {
  const services = await startInProcessServices();
  const queues = new SQSClient(services.clientConfig);
  const topics = new SNSClient(services.clientConfig);
  t.after(async () => {
    queues.destroy();
    topics.destroy();
    await services.close();
  });
  const { QueueUrl } = await queues.send(new CreateQueueCommand({ QueueName: 'q' }));
  const { TopicArn = '' } = await topics.send(new CreateTopicCommand({ Name: 't' }));
  const queueArn = 'arn:aws:sqs:us-east-1:000000000000:q';
  const Attributes = { RawMessageDelivery: 'true' };
  await topics.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queueArn, Attributes }));

  const dispatch = dispatcher({ sqs: services.sqs.api, sns: services.sns.api });
  const lambda = { invoke: () => Promise.reject(new Error('no functions here')) };
  const deliver = deliverByArn({ aws: awsClient(dispatch), dispatch, lambda });
  const attributes = { ErrorCode: 200, ErrorMessage: 'broken' };
  const principal = { kind: 'service', service: 'lambda.amazonaws.com', sourceArn: 'arn:aws:lambda:f' } as const;
  for (const destinationArn of [queueArn, TopicArn]) {
    await deliver({ destinationArn, body: '{}', attributes, principal });
  }
  const receive = { QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
  const { Messages = [] } = await queues.send(new ReceiveMessageCommand(receive));
  const expected = {
    ErrorCode: { DataType: 'Number', StringValue: '200' },
    ErrorMessage: { DataType: 'String', StringValue: 'broken' },
  };
  assert.deepEqual(
    Messages.map(({ MessageAttributes }) => MessageAttributes),
    [expected, expected],
  );
});
