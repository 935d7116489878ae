import * as z from 'zod';
import { type ControlRoute, controlInput } from '../../control/control-api.ts';
import { commandsOf } from '../replay/commands.ts';
import type { ReplayDoors, Replays } from '../replay/replays.ts';
import { readTraceId } from '../trace/trace-ids.ts';
import { notFound, prefix } from './input.ts';
import type { TracePorts } from './trace-routes.ts';

const replayBody = z.strictObject({
  traceId: z.string(),
  spanId: z.string().optional(),
  input: z.string().optional(),
});

type ReplayPorts = Pick<TracePorts, 'store' | 'recorder'> & {
  readonly replays: Replays;
  readonly doors: ReplayDoors;
  readonly url: () => string;
};

export function replayRoutes({ store, recorder, replays, doors, url }: ReplayPorts): readonly ControlRoute[] {
  return [
    {
      method: 'POST',
      path: `${prefix}/replay`,
      handle: async (request) => {
        const { traceId, spanId, input } = controlInput(replayBody, request);
        recorder.flush();
        const trace = await store.trace(readTraceId(traceId) ?? '');
        if (trace === undefined) throw notFound(`trace ${traceId}`);
        const entry = trace.spans.find((span) => span.traceId === trace.summary.traceId && replays.has(span.spanId));
        const chosen = spanId ?? entry?.spanId ?? '';
        return { status: 202, body: { traceId: replays.replay(chosen, input, doors) } };
      },
    },
    {
      method: 'GET',
      path: `${prefix}/traces/{traceId}/spans/{spanId}/commands`,
      handle: async (_request, { traceId = '', spanId = '' }) => {
        recorder.flush();
        const span = await store.span(spanId);
        if (span === undefined || span.traceId !== readTraceId(traceId)) throw notFound(`span ${spanId} in ${traceId}`);
        return { body: commandsOf(span, url()) };
      },
    },
  ];
}
