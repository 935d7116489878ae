import type { PutMetric } from '../../cloudwatch/cloudwatch.ts';

export type Measured = {
  readonly apiId: string;
  readonly stage: string;
  readonly routeKey: string;
  /** Whether the route has metrics of its own. */
  readonly detailed: boolean;
  readonly status: number;
  /** Milliseconds. */
  readonly latency: number;
  /** Undefined when the request did not get to its integration. */
  readonly integrationLatency: number | undefined;
  /** Of request and response bodies. */
  readonly bytes: number;
};

/** Puts what API Gateway measures of every request. An error metric is 0 for a success, so that its average is a rate. */
export function recordMetrics(put: PutMetric, measured: Measured): void {
  const { apiId, stage, routeKey, status, detailed } = measured;
  const [method = '', resource = routeKey] = routeKey.split(' ');
  const dimensions = [
    { ApiId: apiId },
    { ApiId: apiId, Stage: stage },
    ...(detailed ? [{ ApiId: apiId, Method: method, Resource: resource, Stage: stage }] : []),
  ];
  for (const named of dimensions) {
    const record = (name: string, value: number, unit: string) => put('AWS/ApiGateway', name, named, value, unit);
    record('Count', 1, 'Count');
    record('4xx', status >= 400 && status < 500 ? 1 : 0, 'Count');
    record('5xx', status >= 500 ? 1 : 0, 'Count');
    record('Latency', measured.latency, 'Milliseconds');
    record('DataProcessed', measured.bytes, 'Bytes');
    if (measured.integrationLatency !== undefined) {
      record('IntegrationLatency', measured.integrationLatency, 'Milliseconds');
    }
  }
}
