import type { PutMetric } from '../../cloudwatch/cloudwatch.ts';
import type { Exchange, IntegrationAnswer } from './exchange.ts';
import { settingsOf } from './find-stage.ts';

/**
 * The metrics of one request: by API, by stage and, where the stage asks for them, by route. An error metric is 0 for a
 * success, so that its average is a rate.
 */
export function putStageMetrics(
  putMetric: PutMetric,
  { apiId, stage, route: { routeKey }, request, startedAt, integration }: Exchange,
  { status, body }: IntegrationAnswer,
  now: number,
): void {
  const byStage = { ApiId: apiId, Stage: stage.stageName };
  const groups: Readonly<Record<string, string>>[] = [{ ApiId: apiId }, byStage];
  if (settingsOf(stage, routeKey).detailedMetricsEnabled === true) {
    const [method = '', resource = routeKey] = routeKey.split(' ');
    groups.push({ ApiId: apiId, Method: method, Resource: resource, Stage: stage.stageName });
  }
  for (const dimensions of groups) {
    const put = (name: string, value: number, unit: string) =>
      putMetric('AWS/ApiGateway', name, dimensions, value, unit);
    put('Count', 1, 'Count');
    put('4xx', status >= 400 && status < 500 ? 1 : 0, 'Count');
    put('5xx', status >= 500 ? 1 : 0, 'Count');
    put('Latency', now - startedAt, 'Milliseconds');
    put('DataProcessed', Buffer.byteLength(body) + request.body.length, 'Bytes');
    if (integration.latency !== undefined) put('IntegrationLatency', integration.latency, 'Milliseconds');
  }
}
