import type { EventSourceMappings } from '../../event-source-mapping/event-source-mappings.ts';
import type { Pipes } from '../../pipes/pipes.ts';
import type { SourceActivity } from '../api-types.ts';
import type { SourceActivities } from '../trace/source-activity.ts';

/** The event source mappings and pipes of one region. */
export type RegionConsumers = {
  readonly region: string;
  readonly mappings: Pick<EventSourceMappings, 'list' | 'checkpointsOf'>;
  readonly pipes: Pick<Pipes, 'list' | 'checkpointsOf'>;
};

/** Event source mappings and pipes with their state, and what they did with records. */
export function listSources(
  { region, mappings, pipes }: RegionConsumers,
  activities: SourceActivities,
): readonly SourceActivity[] {
  return [
    ...mappings.list().map((mapping) => ({
      id: mapping.uuid,
      region,
      nodeId: mapping.arn,
      sourceArn: mapping.eventSourceArn,
      targetArn: mapping.functionArn,
      state: mapping.state,
      lastProcessingResult: mapping.lastProcessingResult,
      patterns: mapping.patterns ?? [],
      ...activities.of(region, mapping.uuid),
      checkpoints: mappings.checkpointsOf(mapping.uuid),
    })),
    ...pipes.list().map((pipe) => ({
      id: pipe.Name,
      region,
      nodeId: pipe.Arn,
      sourceArn: pipe.Source,
      targetArn: pipe.Target,
      state: pipe.currentState,
      lastProcessingResult: pipe.stateReason,
      patterns: pipe.SourceParameters?.FilterCriteria?.Filters?.flatMap(({ Pattern }) => Pattern ?? []) ?? [],
      ...activities.of(region, pipe.Name),
      checkpoints: pipes.checkpointsOf(pipe.Name),
    })),
  ];
}
