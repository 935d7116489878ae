import { endpointUrl } from './endpoint-url.ts';

type Target = {
  readonly stage: string;
  readonly region: string | undefined;
  readonly endpointUrl: string | undefined;
};

/**
 * How scripts reach AWS: for stage local the embedded endpoint, with its test credentials and the region of its deploy
 * unless they name one; for any other stage AWS itself, unless an endpoint is named.
 */
export function clientConfig(target: Target, environment: NodeJS.ProcessEnv = process.env) {
  const isNamed = Boolean(target.endpointUrl ?? environment.AWS_ENDPOINT_URL);
  const region = target.region ?? (target.stage === 'local' ? undefined : environment.AWS_REGION);
  return {
    region: region ?? 'us-east-1',
    ...((target.stage === 'local' || isNamed) && { endpoint: endpointUrl(target.endpointUrl, environment) }),
    ...(target.stage === 'local' && { credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }),
  };
}
