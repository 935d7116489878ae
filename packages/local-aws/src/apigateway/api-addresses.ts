import { isFunctionUrlId } from '../core/function-url-id.ts';

/**
 * The address of an API or a function URL by its id, which every client of this machine reaches. What follows is as on
 * its own host.
 */
export function addressById(endpointUrl: string, apiId: string): string {
  return `${endpointUrl}${pathById(apiId)}`;
}

/** The same below the endpoint. */
export function pathById(apiId: string): string {
  return `/_aws/${isFunctionUrlId(apiId) ? 'lambda-url' : 'execute-api'}/${apiId}`;
}

type Options = {
  readonly endpointUrl: () => string;
  /** Whether the API is deployed here; the address of any other API stays what it is. */
  readonly hasApi: (apiId: string) => boolean;
};

/**
 * Replaces the address that an API has on AWS by its address on this machine. Templates put the former together by
 * themselves, as in `https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}`, and `AWS::URLSuffix` has to stay
 * `amazonaws.com`, because service principals are made of it too. LocalStack replaces the same pattern.
 */
export function localAddresses({ endpointUrl, hasApi }: Options): (text: string) => string {
  const onAws = /\bhttps:\/\/([a-z\d]+)\.execute-api\.[a-z\d-]+\.amazonaws\.com(?![\w.-])/g;
  return (text) =>
    text.replaceAll(onAws, (address, apiId: string) => (hasApi(apiId) ? addressById(endpointUrl(), apiId) : address));
}
