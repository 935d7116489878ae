import type { PutMetric } from '../../cloudwatch/cloudwatch.ts';
import type { Exchange, MethodAnswer } from './exchange.ts';
import { settingOf } from './method-settings.ts';

/** The metrics of one request: by API, by stage and, where the stage asks for them, by method. */
export function putStageMetrics(
  putMetric: PutMetric,
  apiName: string,
  exchange: Exchange,
  answer: MethodAnswer,
  now: number,
): void {
  const { stage, resource, request, integration } = exchange;
  const byStage = { ApiName: apiName, Stage: stage.stageName };
  const groups: Readonly<Record<string, string>>[] = [{ ApiName: apiName }, byStage];
  if (resource !== undefined && settingOf(stage, resource.path, request.method).metricsEnabled === true) {
    groups.push({ ...byStage, Resource: resource.path, Method: request.method });
  }
  for (const dimensions of groups) {
    const put = (name: string, value: number, unit: string) =>
      putMetric('AWS/ApiGateway', name, dimensions, value, unit);
    put('Count', 1, 'Count');
    put('4XXError', answer.status >= 400 && answer.status < 500 ? 1 : 0, 'Count');
    put('5XXError', answer.status >= 500 ? 1 : 0, 'Count');
    put('Latency', now - exchange.startedAt, 'Milliseconds');
    if (integration.latency !== undefined) put('IntegrationLatency', integration.latency, 'Milliseconds');
  }
}
