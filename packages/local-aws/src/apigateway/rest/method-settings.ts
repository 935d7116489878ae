import type { Limit } from '../../core/throttle.ts';
import type { MethodSetting, Stage } from './api-definition.ts';

/** The key of a setting: `/tasks/{id}/GET`; `*` stands for every path or method. */
export function settingKey(resourcePath: string, httpMethod: string): string {
  const path = resourcePath.replaceAll('~1', '/').replace(/^\/+/, '/');
  return `${path === '/*' ? '*' : path}/${httpMethod}`;
}

/** What is set for a method: its own, over that of the whole stage. */
export function settingOf({ methodSettings }: Stage, resourcePath: string, httpMethod: string): MethodSetting {
  return { ...methodSettings['*/*'], ...methodSettings[`${resourcePath}/${httpMethod}`] };
}

/**
 * The rate limit of a method. A limit of the whole stage is one for each of its methods, which count apart.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 */
export function limitOf(stage: Stage, resourcePath: string, httpMethod: string): Limit | undefined {
  const keys = [`${resourcePath}/${httpMethod}`, '*/*'];
  for (const key of keys) {
    const { throttlingRateLimit: rate, throttlingBurstLimit: burst } = stage.methodSettings[key] ?? {};
    // −1 switches throttling off, as the console writes it.
    if (rate !== undefined && burst !== undefined && rate >= 0 && burst >= 0) return { rate, burst };
  }
  return undefined;
}
