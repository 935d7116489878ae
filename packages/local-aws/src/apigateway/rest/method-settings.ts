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

/** The rate limit of a method, with the key of the bucket that it is counted in. */
export function limitOf(
  { methodSettings }: Stage,
  resourcePath: string,
  httpMethod: string,
): { readonly bucket: string; readonly rate: number; readonly burst: number } | undefined {
  for (const bucket of [`${resourcePath}/${httpMethod}`, '*/*']) {
    const { throttlingRateLimit: rate, throttlingBurstLimit: burst } = methodSettings[bucket] ?? {};
    // −1 switches throttling off, as the console writes it.
    if (rate !== undefined && burst !== undefined && rate >= 0 && burst >= 0) return { bucket, rate, burst };
  }
  return undefined;
}
