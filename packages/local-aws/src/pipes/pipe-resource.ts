import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import { generatedName } from '../core/generated-name.ts';
import type { JsonObject } from '../core/json.ts';
import { defineResource, property, type ResourceState, type ResourceType } from '../core/resource-type.ts';
import type { Pipe } from './pipe.ts';
import { pipeSettingsSchema, pipeShape } from './pipe-settings.ts';
import type { PipeStore } from './pipe-store.ts';

const properties = z.strictObject({
  ...pipeShape,
  Name: property.string().optional(),
  Tags: z.record(z.string(), property.string()).optional(),
});

/** AWS::Pipes::Pipe. Like CloudFormation it waits until a pipe is in its lasting state, and fails when the pipe does. */
export function pipeResource(pipes: PipeStore): ResourceType {
  const settled = async (name: string): Promise<ResourceState> => {
    await pipes.settled(name);
    const pipe = pipes.get(name);
    if (pipe.currentState.endsWith('_FAILED')) throw new Error(pipe.stateReason);
    return state(pipe);
  };
  const remove = async (name: string): Promise<void> => {
    await pipes.settled(name);
    try {
      pipes.delete(name);
    } catch (error) {
      if (error instanceof AwsError && error.code === 'NotFoundException') return;
      throw error;
    }
    await pipes.settled(name);
  };
  const resource = defineResource({
    type: 'AWS::Pipes::Pipe',
    properties,
    replaceOn: ['Name', 'Source'],
    async create({ Name, Tags, ...settings }, context) {
      const name = Name ?? generatedName(context, 64);
      pipes.create({ ...settings, Name: name, Tags: { ...context.tags, ...Tags } }, context.region);
      try {
        return await settled(name);
      } catch (error) {
        await remove(name);
        throw error;
      }
    },
    async update({ Name: _, Tags, ...settings }, { state: { physicalId } }, { tags }) {
      await pipes.settled(physicalId);
      pipes.replace(physicalId, settings, { ...tags, ...Tags });
      return settled(physicalId);
    },
    delete: ({ physicalId }) => remove(physicalId),
  });
  return {
    ...resource,
    needsReplacement: (previous, next) =>
      resource.needsReplacement(previous, next) || startingPosition(previous) !== startingPosition(next),
  };
}

function startingPosition(pipe: JsonObject): string | undefined {
  const parameters = pipeSettingsSchema.safeParse(pipe).data?.SourceParameters;
  return parameters?.DynamoDBStreamParameters?.StartingPosition;
}

function state({ Name, Arn, currentState, stateReason, createdAt, modifiedAt }: Pipe): ResourceState {
  return {
    physicalId: Name,
    attributes: {
      Arn,
      CurrentState: currentState,
      StateReason: stateReason,
      CreationTime: new Date(createdAt).toISOString(),
      LastModifiedTime: new Date(modifiedAt).toISOString(),
    },
  };
}
