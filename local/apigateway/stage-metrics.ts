import type { Exchange, MethodAnswer } from './exchange.ts';
import { settingOf } from './method-settings.ts';

/** Puts one sample of a metric of the namespace `AWS/ApiGateway`. */
export type PutMetric = (
  name: string,
  value: number,
  dimensions: Readonly<Record<string, string>>,
  unit: 'Count' | 'Milliseconds',
) => void;

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
    putMetric('Count', 1, dimensions, 'Count');
    putMetric('4XXError', answer.status >= 400 && answer.status < 500 ? 1 : 0, dimensions, 'Count');
    putMetric('5XXError', answer.status >= 500 ? 1 : 0, dimensions, 'Count');
    putMetric('Latency', now - exchange.startedAt, dimensions, 'Milliseconds');
    if (integration.latency !== undefined) {
      putMetric('IntegrationLatency', integration.latency, dimensions, 'Milliseconds');
    }
  }
}
