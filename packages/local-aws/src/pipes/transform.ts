import type { JsonValue } from '../core/json.ts';
import type { Execution } from './execution.ts';
import { type PipeVariables, type Rendered, renderTemplate } from './input-template.ts';
import type { Pipe } from './pipe.ts';

/** Applies an input template to each event of a batch. */
export function transform(
  events: readonly JsonValue[],
  template: string | undefined,
  { pipe, runtime: { clock } }: Execution,
): Rendered[] {
  const now = new Date(clock.now()).toISOString();
  return events.map((event) =>
    template === undefined || template === ''
      ? { text: JSON.stringify(event), value: event }
      : renderTemplate(template, event, variablesOf(pipe), now),
  );
}

function variablesOf({ Arn, Name, Source, Enrichment, Target }: Pipe): PipeVariables {
  return {
    'pipe-arn': Arn,
    'pipe-name': Name,
    'source-arn': Source,
    'enrichment-arn': Enrichment ?? '',
    'target-arn': Target,
  };
}
