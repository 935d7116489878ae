import * as z from 'zod';

const body = z.object({ text: z.string() }).nullable();

/** The trace and the nodes that `/_local/api` answers with, as far as tests read them. */
export const traceSchema = z.object({
  spans: z.array(
    z.object({
      kind: z.enum(['request', 'gateway', 'authorizer', 'invocation', 'call', 'delivery']),
      service: z.string(),
      resource: z.string(),
      operation: z.string(),
      status: z.enum(['ok', 'error', 'running', 'filtered']),
      nodeId: z.string().nullable(),
      attempt: z.number(),
      durationUs: z.number(),
      error: z.object({ type: z.string(), message: z.string() }).nullable(),
      input: body,
      output: body,
      attributes: z.record(z.string(), z.unknown()),
    }),
  ),
  logs: z.array(z.object({ functionName: z.string(), level: z.string(), message: z.string() })),
});

export const nodesSchema = z.object({ nodes: z.array(z.object({ id: z.string(), logicalId: z.string() })) });

type FoundTrace = z.infer<typeof traceSchema>;

/** A request and everything that followed from it. */
export type TestTrace = FoundTrace & {
  /** Names and logical ids of the resources that the request passed, in the order of their first span. */
  readonly visited: readonly string[];
};

/** What was answered: a `Response` of an API, or the output of a command of an AWS SDK client. */
export type Answer =
  | { readonly headers: { get(name: string): string | null } }
  | { readonly $metadata: { readonly requestId?: string | undefined } };

/** @throws Error for an answer that does not come from the endpoint */
export function requestIdOf(answer: Answer): string {
  const requestId =
    '$metadata' in answer
      ? answer.$metadata.requestId
      : (answer.headers.get('x-amzn-requestid') ?? answer.headers.get('apigw-requestid'));
  if (typeof requestId === 'string') return requestId;
  throw new Error('The answer has no request id: it does not come from an API or an AWS API of the endpoint.');
}

export function testTrace(trace: FoundTrace, { nodes }: z.infer<typeof nodesSchema>): TestTrace {
  const logicalIds = new Map(nodes.map(({ id, logicalId }) => [id, logicalId]));
  const visited = new Set(
    trace.spans.flatMap(({ resource, nodeId }) => [resource, logicalIds.get(nodeId ?? '') ?? '']),
  );
  visited.delete('');
  return { ...trace, visited: [...visited] };
}
