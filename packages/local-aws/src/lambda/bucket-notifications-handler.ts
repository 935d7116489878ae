type Properties = {
  readonly Runtime?: string | undefined;
  readonly Description?: string | undefined;
  readonly Code: { readonly ZipFile?: string | undefined };
};

/**
 * The CDK's handler of `Custom::S3BucketNotifications` (`bucket.addEventNotification()`, `eventBridgeEnabled`) is written
 * in Python. A function with its code and description gets this one instead, which does the same.
 * (source of its behaviour: aws-cdk-lib/custom-resource-handlers/dist/aws-s3/notifications-resource-handler)
 */
export function withNodeHandler<P extends Properties>(properties: P): P {
  const { Runtime = '', Description = '', Code } = properties;
  const isHandler =
    Runtime.startsWith('python') &&
    Description.startsWith('AWS CloudFormation handler for "Custom::S3BucketNotifications" resources') &&
    Code.ZipFile?.includes('put_bucket_notification_configuration') === true;
  return isHandler ? { ...properties, Runtime: 'nodejs24.x', Code: { ZipFile: handlerSource } } : properties;
}

const handlerSource = `'use strict';
const { createHash } = require('node:crypto');
const https = require('node:https');
const {
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  S3Client,
} = require('@aws-sdk/client-s3');

const s3 = new S3Client();
const kinds = ['TopicConfigurations', 'QueueConfigurations', 'LambdaFunctionConfigurations'];

exports.handler = async (event, context) => {
  const seeLog = 'See the details in CloudWatch Log Stream: ' + context.logStreamName;
  try {
    const { BucketName: Bucket, Managed, SkipDestinationValidation } = event.ResourceProperties;
    await s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: isTrue(Managed, true) ? ofManagedBucket(event) : await ofSharedBucket(event),
        SkipDestinationValidation: isTrue(SkipDestinationValidation, false),
      }),
    );
    await respond(event, 'SUCCESS', seeLog);
  } catch (error) {
    console.error('Failed to put bucket notification configuration', error);
    await respond(event, 'FAILED', 'Error: ' + error.message + '. ' + seeLog);
  }
};

/** CloudFormation hands booleans over as strings. */
const isTrue = (value, otherwise) => String(value ?? otherwise).toLowerCase() === 'true';

/** The stack that made the bucket decides on all of its notifications. */
function ofManagedBucket({ RequestType, ResourceProperties }) {
  return RequestType === 'Delete' ? {} : ResourceProperties.NotificationConfiguration;
}

/** For a bucket of another stack, the notifications that this stack has not made are kept. */
async function ofSharedBucket({ RequestType, StackId, ResourceProperties, OldResourceProperties = {} }) {
  const { BucketName: Bucket, NotificationConfiguration: wanted } = ResourceProperties;
  const present = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
  const previous = OldResourceProperties.NotificationConfiguration ?? {};
  const configuration = {};
  for (const kind of kinds) {
    const own = new Set((previous[kind] ?? []).map(contentOf));
    const isOwn = {
      Create: () => false,
      Update: (each) => own.has(contentOf(each)),
      Delete: (each) => each.Id?.startsWith(StackId + '-'),
    }[RequestType];
    const others = (present[kind] ?? []).filter((each) => !isOwn(each));
    const added = RequestType === 'Delete' ? [] : (wanted[kind] ?? []);
    configuration[kind] = [...others, ...added.map((each) => ({ ...each, Id: StackId + '-' + contentOf(each) }))];
  }
  const ofStack = RequestType === 'Delete' ? undefined : wanted.EventBridgeConfiguration;
  const EventBridgeConfiguration = ofStack ?? present.EventBridgeConfiguration;
  return EventBridgeConfiguration === undefined ? configuration : { ...configuration, EventBridgeConfiguration };
}

/** The same for two configurations that differ in their ids, the case of rule names, and the order of members alone. */
function contentOf({ Id, Filter, ...rest }) {
  const rules = (Filter?.Key?.FilterRules ?? []).map(({ Name, Value }) => [Name.toLowerCase(), Value]);
  const content = [Object.entries(rest).sort(), rules.sort()];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32);
}

function respond(event, Status, Reason) {
  const { StackId, RequestId, LogicalResourceId } = event;
  const PhysicalResourceId = event.PhysicalResourceId ?? LogicalResourceId;
  const body = JSON.stringify({ Status, Reason, PhysicalResourceId, StackId, RequestId, LogicalResourceId });
  const headers = { 'content-type': '', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    https
      .request(event.ResponseURL, { method: 'PUT', headers }, (response) => resolve(response.resume()))
      .on('error', reject)
      .end(body);
  });
}
`;
