import { XMLBuilder, XMLParser } from 'fast-xml-parser';
import * as z from 'zod';
import { parseArn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import { property } from '../core/resource-type.ts';

/** The events that buckets have here: what S3 does not do here cannot happen. */
const eventNames = [
  's3:ObjectCreated:*',
  's3:ObjectCreated:Put',
  's3:ObjectCreated:Post',
  's3:ObjectCreated:Copy',
  's3:ObjectCreated:CompleteMultipartUpload',
  's3:ObjectRemoved:*',
  's3:ObjectRemoved:Delete',
] as const;

export type EventName = Exclude<(typeof eventNames)[number], `${string}*`>;

const targetSchema = z.object({
  id: z.string(),
  /** Of a function, a queue or a topic. */
  destinationArn: z.string(),
  events: z.array(z.enum(eventNames)).min(1),
  prefix: z.string(),
  suffix: z.string(),
});
export type NotificationTarget = z.infer<typeof targetSchema>;

export const settingsSchema = z.object({ targets: z.array(targetSchema), isOnEventBridge: z.boolean() });
export type NotificationSettings = z.infer<typeof settingsSchema>;

export const noNotifications: NotificationSettings = { targets: [], isOnEventBridge: false };

const event = z.enum(eventNames, {
  error: ({ input }) => `the local endpoint has no event ${String(input)} of S3`,
});
const rule = z.strictObject({ Name: z.string(), Value: property.string() });
const filter = z.strictObject({ S3Key: z.strictObject({ Rules: z.array(rule) }) }).optional();

/** The property NotificationConfiguration of AWS::S3::Bucket. */
export const notificationProperty = z
  .strictObject({
    LambdaConfigurations: z.array(z.strictObject({ Event: event, Function: z.string(), Filter: filter })).optional(),
    QueueConfigurations: z.array(z.strictObject({ Event: event, Queue: z.string(), Filter: filter })).optional(),
    TopicConfigurations: z.array(z.strictObject({ Event: event, Topic: z.string(), Filter: filter })).optional(),
    EventBridgeConfiguration: z.strictObject({ EventBridgeEnabled: property.boolean().optional() }).optional(),
  })
  .optional();

export function settingsOf(given: z.infer<typeof notificationProperty>): NotificationSettings {
  if (given === undefined) return noNotifications;
  const { LambdaConfigurations = [], QueueConfigurations = [], TopicConfigurations = [] } = given;
  const entries = [
    ...LambdaConfigurations.map(({ Event, Function: arn, Filter }) => ({ Event, arn, Filter })),
    ...QueueConfigurations.map(({ Event, Queue: arn, Filter }) => ({ Event, arn, Filter })),
    ...TopicConfigurations.map(({ Event, Topic: arn, Filter }) => ({ Event, arn, Filter })),
  ];
  return {
    targets: entries.map(({ Event, arn, Filter }, index) => ({
      id: `${index + 1}-${parseArn(arn)?.service}`,
      destinationArn: arn,
      events: [Event],
      ...keysOf(Filter?.S3Key.Rules ?? []),
    })),
    isOnEventBridge:
      given.EventBridgeConfiguration !== undefined && given.EventBridgeConfiguration.EventBridgeEnabled !== false,
  };
}

function keysOf(rules: readonly z.infer<typeof rule>[]): { readonly prefix: string; readonly suffix: string } {
  const values = new Map(rules.map(({ Name, Value }) => [Name.toLowerCase(), Value]));
  const unknown = [...values.keys()].find((name) => name !== 'prefix' && name !== 'suffix');
  if (unknown !== undefined)
    throw new AwsError('InvalidArgument', `filter rule name must be either prefix or suffix, not ${unknown}`);
  if (values.size < rules.length)
    throw new AwsError('InvalidArgument', 'Cannot specify more than one prefix rule in a filter.');
  return { prefix: values.get('prefix') ?? '', suffix: values.get('suffix') ?? '' };
}

export function isWanted({ events, prefix, suffix }: NotificationTarget, name: EventName, key: string): boolean {
  const isEvent = events.some((wanted) =>
    wanted.endsWith('*') ? name.startsWith(wanted.slice(0, -1)) : wanted === name,
  );
  return isEvent && key.startsWith(prefix) && key.endsWith(suffix);
}

const listed = z.union([z.array(z.unknown()), z.unknown().transform((one) => [one])]);
const entry = z.looseObject({
  Id: z.string().optional(),
  Event: listed.pipe(z.array(event).min(1)),
  Filter: z.object({ S3Key: z.object({ FilterRule: listed.pipe(z.array(rule)).optional() }) }).optional(),
});
const entries = listed.pipe(z.array(entry)).optional();
const configurationDocument = z.object({
  // An empty element is read as an empty text.
  NotificationConfiguration: z.preprocess(
    (value) => (value === '' ? {} : value),
    z.strictObject({
      '@_xmlns': z.string().optional(),
      CloudFunctionConfiguration: entries,
      QueueConfiguration: entries,
      TopicConfiguration: entries,
      EventBridgeConfiguration: z.unknown().optional(),
    }),
  ),
});

/** The elements of the XML form with the member that has the ARN. */
const kinds = {
  CloudFunctionConfiguration: 'CloudFunction',
  QueueConfiguration: 'Queue',
  TopicConfiguration: 'Topic',
} as const;
const kindNames = ['CloudFunctionConfiguration', 'QueueConfiguration', 'TopicConfiguration'] as const;

/** The body of PutBucketNotificationConfiguration. @throws AwsError MalformedXML */
export function readSettings(xml: string): NotificationSettings {
  const parsed = configurationDocument.safeParse(parseXml(xml));
  if (!parsed.success) {
    const reason = parsed.error.issues[0]?.message ?? '';
    throw new AwsError(
      'MalformedXML',
      `The XML you provided was not well-formed or did not validate against our published schema: ${reason}`,
    );
  }
  const { NotificationConfiguration: configuration } = parsed.data;
  const targets = kindNames.flatMap((kind) =>
    (configuration[kind] ?? []).map((given, index): NotificationTarget => {
      const destinationArn = given[kinds[kind]];
      if (typeof destinationArn !== 'string') throw new AwsError('MalformedXML', `${kind} has no ${kinds[kind]}.`);
      const rules = given.Filter?.S3Key.FilterRule ?? [];
      return { id: given.Id ?? `${kind}-${index + 1}`, destinationArn, events: given.Event, ...keysOf(rules) };
    }),
  );
  return { targets, isOnEventBridge: configuration.EventBridgeConfiguration !== undefined };
}

function parseXml(xml: string): unknown {
  try {
    return new XMLParser({ ignoreAttributes: false, parseTagValue: false, ignoreDeclaration: true }).parse(xml, true);
  } catch {
    return undefined;
  }
}

/** The answer of GetBucketNotificationConfiguration. */
export function writeSettings({ targets, isOnEventBridge }: NotificationSettings): string {
  const of = (service: string, name: string) =>
    targets
      .filter(({ destinationArn }) => parseArn(destinationArn)?.service === service)
      .map(({ id, destinationArn, events, prefix, suffix }) => ({
        Id: id,
        [name]: destinationArn,
        Event: events,
        ...((prefix !== '' || suffix !== '') && {
          Filter: {
            S3Key: {
              FilterRule: [
                { Name: 'Prefix', Value: prefix },
                { Name: 'Suffix', Value: suffix },
              ].filter(({ Value }) => Value !== ''),
            },
          },
        }),
      }));
  return new XMLBuilder({ ignoreAttributes: false }).build({
    NotificationConfiguration: {
      '@_xmlns': 'http://s3.amazonaws.com/doc/2006-03-01/',
      CloudFunctionConfiguration: of('lambda', 'CloudFunction'),
      QueueConfiguration: of('sqs', 'Queue'),
      TopicConfiguration: of('sns', 'Topic'),
      ...(isOnEventBridge && { EventBridgeConfiguration: '' }),
    },
  });
}
