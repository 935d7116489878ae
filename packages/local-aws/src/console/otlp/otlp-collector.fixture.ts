import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import * as z from 'zod';

const anyValue = z.union([
  z.strictObject({ stringValue: z.string() }),
  z.strictObject({ boolValue: z.boolean() }),
  z.strictObject({ intValue: z.string().regex(/^-?\d+$/) }),
  z.strictObject({ doubleValue: z.number() }),
]);
const attributes = z
  .array(z.strictObject({ key: z.string().min(1), value: anyValue }))
  .refine((all) => new Set(all.map(({ key }) => key)).size === all.length, 'keys are unique');
const traceId = z.string().regex(/^(?!0{32})[\da-f]{32}$/);
const spanId = z.string().regex(/^(?!0{16})[\da-f]{16}$/);
const time = z.string().regex(/^\d{19}$/);

const span = z.strictObject({
  traceId,
  spanId,
  parentSpanId: spanId.optional(),
  name: z.string().min(1),
  kind: z.int().min(1).max(5),
  startTimeUnixNano: time,
  endTimeUnixNano: time,
  attributes,
  links: z.array(z.strictObject({ traceId, spanId })),
  events: z.array(z.strictObject({ timeUnixNano: time, name: z.string().min(1), attributes })),
  status: z.strictObject({ code: z.int().min(0).max(2), message: z.string().optional() }),
});

/** An `ExportTraceServiceRequest` of opentelemetry-proto 1.x in its JSON encoding, with the fields that are in use. */
const exportRequest = z.strictObject({
  resourceSpans: z
    .array(
      z.strictObject({
        resource: z.strictObject({ attributes }),
        scopeSpans: z.array(
          z.strictObject({
            scope: z.strictObject({ name: z.string(), version: z.string() }),
            spans: z.array(span).min(1),
          }),
        ),
      }),
    )
    .min(1),
});

type ReceivedSpan = z.infer<typeof span> & { readonly serviceName: string };

/** A collector that takes only what the protocol permits. */
export async function startCollector() {
  const spans: ReceivedSpan[] = [];
  const problems: string[] = [];
  let refusals = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (refusals > 0) {
      refusals -= 1;
      response.writeHead(503).end();
      return;
    }
    if (request.method !== 'POST' || request.url !== '/v1/traces') problems.push(`${request.method} ${request.url}`);
    if (request.headers['content-type'] !== 'application/json') problems.push(String(request.headers['content-type']));
    const parsed = exportRequest.safeParse(JSON.parse(Buffer.concat(chunks).toString()));
    if (!parsed.success) {
      problems.push(z.prettifyError(parsed.error));
      response.writeHead(400).end();
      return;
    }
    for (const { resource, scopeSpans } of parsed.data.resourceSpans) {
      const name = resource.attributes.find(({ key }) => key === 'service.name')?.value;
      const serviceName = name !== undefined && 'stringValue' in name ? name.stringValue : '';
      spans.push(...scopeSpans.flatMap((scope) => scope.spans).map((each) => ({ ...each, serviceName })));
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return {
    url: `http://127.0.0.1:${address.port}`,
    spans,
    problems,
    /** Answers the next requests with 503. */
    refuse: (count: number) => {
      refusals = count;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
