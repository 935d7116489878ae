import type { EventSourceMappings } from '../../event-source-mapping/event-source-mappings.ts';
import type { Pipes } from '../../pipes/pipes.ts';
import type { SourceActivity } from '../api-types.ts';
import type { SourceActivities } from '../trace/source-activity.ts';

type Ports = {
  readonly mappings: Pick<EventSourceMappings, 'list' | 'checkpointsOf'>;
  readonly pipes: Pick<Pipes, 'list' | 'checkpointsOf'>;
};

/** Event source mappings and pipes with their state, and what they did with records. */
export function listSources({ mappings, pipes }: Ports, activities: SourceActivities): readonly SourceActivity[] {
  return [
    ...mappings.list().map((mapping) => ({
      id: mapping.uuid,
      nodeId: mapping.arn,
      sourceArn: mapping.eventSourceArn,
      targetArn: mapping.functionArn,
      state: mapping.state,
      lastProcessingResult: mapping.lastProcessingResult,
      patterns: mapping.patterns ?? [],
      ...activities.of(mapping.uuid),
      checkpoints: mappings.checkpointsOf(mapping.uuid),
    })),
    ...pipes.list().map((pipe) => ({
      id: pipe.Name,
      nodeId: pipe.Arn,
      sourceArn: pipe.Source,
      targetArn: pipe.Target,
      state: pipe.currentState,
      lastProcessingResult: pipe.stateReason,
      patterns: pipe.SourceParameters?.FilterCriteria?.Filters?.flatMap(({ Pattern }) => Pattern ?? []) ?? [],
      ...activities.of(pipe.Name),
      checkpoints: pipes.checkpointsOf(pipe.Name),
    })),
  ];
}
