/**
 * Gives this process the environment of a function that talks to `endpoint`. Call it before importing a handler, whose
 * logger reads the environment at once; logs and metrics stay silent.
 */
export function useFunctionEnv(endpoint: string, variables: Readonly<Record<string, string>>): void {
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL: endpoint,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
    ...variables,
  });
}
