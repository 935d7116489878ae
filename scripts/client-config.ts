/** How scripts reach AWS: the embedded endpoint with its test credentials for stage local, AWS itself for any other. */
export function clientConfig(target: {
  readonly stage: string;
  readonly region: string | undefined;
  readonly endpointUrl: string | undefined;
}) {
  const endpoint = target.endpointUrl ?? (target.stage === 'local' ? 'http://localhost:4566' : undefined);
  return {
    region: target.region ?? process.env.AWS_REGION ?? 'us-east-1',
    ...(endpoint !== undefined && { endpoint }),
    ...(target.stage === 'local' && { credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }),
  };
}
