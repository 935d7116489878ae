import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import { tagList, tagMap } from '../core/tags.ts';
import { invalid, list, map, type SnsAction, snsAction } from './sns-action.ts';
import { checkTopicAttributes, checkTopicName, describeTopic } from './topic-attributes.ts';
import type { Topic, TopicStore } from './topic-store.ts';

const tag = z.object({ Key: z.string(), Value: z.string().default('') });
const onTopic = z.object({ TopicArn: z.string() });

export function topicActions(topics: TopicStore): Readonly<Record<string, SnsAction>> {
  return {
    CreateTopic: snsAction(
      z.object({ Name: z.string(), Attributes: map(), Tags: list(tag) }),
      ({ Name, Attributes, Tags }, { region }) => ({
        TopicArn: createTopic(topics, Name, region, Attributes, distinctTags(Tags)).arn,
      }),
    ),
    DeleteTopic: snsAction(onTopic, ({ TopicArn }) => {
      topics.deleteTopic(TopicArn);
      return {};
    }),
    GetTopicAttributes: snsAction(onTopic, ({ TopicArn }) => ({
      Attributes: describeTopic(topics.topic(TopicArn), topics),
    })),
    SetTopicAttributes: snsAction(
      onTopic.extend({ AttributeName: z.string(), AttributeValue: z.string().default('') }),
      ({ TopicArn, AttributeName, AttributeValue }) => {
        setTopicAttributes(topics, topics.topic(TopicArn), { [AttributeName]: AttributeValue });
        return {};
      },
    ),
    ListTopics: snsAction(z.object({ NextToken: z.string().optional() }), ({ NextToken }) => {
      const page = topics.listTopics(decodeToken(NextToken));
      return { Topics: page.items.map(({ arn }) => ({ TopicArn: arn })), NextToken: encodeToken(page.last) };
    }),
    TagResource: snsAction(z.object({ ResourceArn: z.string(), Tags: list(tag) }), ({ ResourceArn, Tags }) => {
      const topic = taggable(topics, ResourceArn);
      Object.assign(topic.tags, distinctTags(Tags));
      topics.changed(topic);
      return {};
    }),
    UntagResource: snsAction(
      z.object({ ResourceArn: z.string(), TagKeys: list(z.string()) }),
      ({ ResourceArn, TagKeys }) => {
        const topic = taggable(topics, ResourceArn);
        for (const key of TagKeys) delete topic.tags[key];
        topics.changed(topic);
        return {};
      },
    ),
    ListTagsForResource: snsAction(z.object({ ResourceArn: z.string() }), ({ ResourceArn }) => ({
      Tags: tagList(taggable(topics, ResourceArn).tags),
    })),
  };
}

function distinctTags(tags: readonly z.infer<typeof tag>[]): Record<string, string> {
  const distinct = tagMap(tags);
  if (Object.keys(distinct).length < tags.length) throw invalid('Duplicated keys are not allowed.');
  return distinct;
}

/** Makes a topic, or finds the one that was made the same way before. @throws AwsError */
export function createTopic(
  topics: TopicStore,
  name: string,
  region: string,
  attributes: Readonly<Record<string, string>>,
  tags: Record<string, string>,
): Topic {
  const { FifoTopic, ...settable } = attributes;
  checkTopicName(name, attributes);
  checkTopicAttributes(settable);
  const existing = topics.topicNamed(name);
  if (existing !== undefined) {
    if (!isPartOf(existing.attributes, FifoTopic === 'true' ? attributes : settable)) {
      throw invalid('Attributes Reason: Topic already exists with different attributes');
    }
    if (!isPartOf(existing.tags, tags)) throw invalid('Tags Reason: Topic already exists with different tags');
    return existing;
  }
  const fifo = FifoTopic === 'true' ? { FifoTopic: 'true', ContentBasedDeduplication: 'false' } : {};
  return topics.createTopic(name, region, { attributes: { ...fifo, ...settable }, tags });
}

function isPartOf(whole: Readonly<Record<string, string>>, part: Readonly<Record<string, string>>): boolean {
  return Object.entries(part).every(([key, value]) => whole[key] === value);
}

/** An empty value takes an attribute away. @throws AwsError */
export function setTopicAttributes(
  topics: TopicStore,
  topic: Topic,
  attributes: Readonly<Record<string, string>>,
): void {
  checkTopicAttributes(attributes);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === '') delete topic.attributes[name];
    else topic.attributes[name] = value;
  }
  topics.changed(topic);
}

function taggable(topics: TopicStore, arn: string): Topic {
  const topic = topics.findTopic(arn);
  if (topic === undefined) throw new AwsError('ResourceNotFound', 'Resource does not exist', 404);
  return topic;
}

/** A token names the last item of the page before. */
export function decodeToken(token: string | undefined): string | undefined {
  return token === undefined ? undefined : Buffer.from(token, 'base64').toString();
}

export function encodeToken(last: string | undefined): string | undefined {
  return last === undefined ? undefined : Buffer.from(last).toString('base64');
}
