import * as z from 'zod';
import { pipeSettingsSchema } from './pipe-settings.ts';

/** One pipe, as it is kept. */
export const pipeSchema = pipeSettingsSchema.extend({
  Name: z.string(),
  Arn: z.string(),
  Tags: z.record(z.string(), z.string()),
  /** Tells the checkpoints of a pipe from those of an earlier one of its name. */
  id: z.string(),
  desiredState: z.enum(['RUNNING', 'STOPPED']),
  currentState: z.enum([
    'CREATING',
    'CREATE_FAILED',
    'START_FAILED',
    'UPDATE_FAILED',
    'RUNNING',
    'STARTING',
    'STOPPED',
    'STOPPING',
    'UPDATING',
    'DELETING',
  ]),
  stateReason: z.string(),
  /** Epoch milliseconds. */
  createdAt: z.number(),
  modifiedAt: z.number(),
});
export type Pipe = z.infer<typeof pipeSchema>;

/** The short form that every action but DescribePipe answers. */
export function summarizePipe(pipe: Pipe): object {
  const { Name, Arn, desiredState, currentState, createdAt, modifiedAt } = pipe;
  return {
    Arn,
    Name,
    DesiredState: desiredState,
    CurrentState: currentState,
    CreationTime: createdAt / 1000,
    LastModifiedTime: modifiedAt / 1000,
  };
}

export function listPipe(pipe: Pipe): object {
  const { Source, Target, Enrichment, stateReason } = pipe;
  return { ...summarizePipe(pipe), Source, Target, Enrichment, StateReason: stateReason };
}

export function describePipe(pipe: Pipe): object {
  const { id: _, desiredState, currentState, stateReason, createdAt, modifiedAt, ...settings } = pipe;
  return { ...settings, ...summarizePipe(pipe), StateReason: stateReason };
}
