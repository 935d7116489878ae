import type { Parameters } from './parameters.ts';
import { ServiceFault } from './service-fault.ts';
import type { Api } from './settings.ts';

/** What services take from the stack of platform; `undefined` if they do not need it or it does not exist. */
export type PlatformOutputs = {
  readonly monitoringTopicArn?: unknown;
  readonly callersUserPoolArn?: unknown;
  readonly callersIssuer?: unknown;
  readonly callersClientId?: unknown;
  readonly webAclArn?: unknown;
  readonly apiKeyId?: unknown;
  readonly encryptionKeyArn?: unknown;
};

type OutputName = keyof PlatformOutputs;

/** The variables `${platform:<name>}`, which the plugin writes into `custom.platform`. */
export function platformVariables(service: string): Readonly<Record<string, string>> {
  if (service === 'platform') return {};
  return Object.fromEntries(Object.keys(outputs).map((name) => [name, `\${platform:${name}, null}`]));
}

/**
 * The value of an output: of the user's own resource that a parameter names, else what serverless-compose.yml hands over,
 * else what the stack of platform has. What the service does not need is not asked for.
 */
export async function resolvePlatformOutput(
  address: string,
  { api, stage, param, resolve }: ResolveOptions,
): Promise<unknown> {
  if (!isOutputName(address)) throw new ServiceFault(`There is no variable platform:${address}.`);
  const output = outputs[address];
  const [auth, webAcl, apiKeyRequired, encryptionKey] = await Promise.all(
    ['auth', 'webAcl', 'apiKeyRequired', 'encryptionKey'].map(param),
  );
  const userPoolArn = String((await param('userPoolArn')) ?? '');
  const isNeeded = output.isNeeded({
    ...{ api, auth, webAcl, encryptionKey },
    apiKeyRequired: String(apiKeyRequired) === 'true',
  });
  if (!isNeeded) return null;
  const own = output.own?.({
    webAcl: String(webAcl ?? ''),
    encryptionKey: String(encryptionKey ?? ''),
    userPoolArn,
    userPoolClientId: String((await param('userPoolClientId')) ?? ''),
  });
  return own ?? resolve(`param:${address}, cf:platform-${stage}.${output.key}, null`);
}

type ResolveOptions = {
  readonly api: Api | undefined;
  readonly stage: string;
  readonly param: (name: string) => Promise<unknown>;
  readonly resolve: (variable: string) => Promise<unknown>;
};

type Needs = {
  readonly api: Api | undefined;
  readonly auth: unknown;
  readonly webAcl: unknown;
  readonly encryptionKey: unknown;
  readonly apiKeyRequired: boolean;
};
type OwnResources = Readonly<Record<'webAcl' | 'encryptionKey' | 'userPoolArn' | 'userPoolClientId', string>>;
type Output = {
  readonly key: string;
  readonly isNeeded: (needs: Needs) => boolean;
  readonly own?: (own: OwnResources) => unknown;
};

const outputs: Readonly<Record<OutputName, Output>> = {
  // Without one, alarms have no action.
  monitoringTopicArn: { key: 'MonitoringTopicArn', isNeeded: () => true },
  callersUserPoolArn: {
    key: 'CallersUserPoolArn',
    isNeeded: ({ api, auth }) => api === 'rest' && auth === 'cognito',
    own: ({ userPoolArn }) => userPoolArn || undefined,
  },
  callersIssuer: {
    key: 'CallersIssuer',
    isNeeded: ({ api, auth }) => api === 'http' && auth === 'cognito',
    own: ({ userPoolArn }) => (userPoolArn ? issuerOf(userPoolArn) : undefined),
  },
  callersClientId: {
    key: 'CallersClientId',
    isNeeded: ({ api, auth }) => api === 'http' && auth === 'cognito',
    own: ({ userPoolArn, userPoolClientId }) => (userPoolArn ? userPoolClientId : undefined),
  },
  webAclArn: {
    key: 'WebAclArn',
    isNeeded: ({ api, webAcl }) => api === 'rest' && webAcl !== 'none',
    own: ({ webAcl }) => (webAcl.startsWith('arn:') ? webAcl : undefined),
  },
  encryptionKeyArn: {
    key: 'EncryptionKeyArn',
    isNeeded: ({ encryptionKey }) => encryptionKey !== 'aws',
    own: ({ encryptionKey }) => (encryptionKey.startsWith('arn:') ? encryptionKey : undefined),
  },
  apiKeyId: { key: 'ApiKeyId', isNeeded: ({ api, apiKeyRequired }) => api === 'rest' && apiKeyRequired },
};

/** @throws ServiceFault that names an output which a template needs and the stack of platform does not have */
export function requirePlatformOutputs(
  { api, stage, parameters }: { readonly api: Api; readonly stage: string; readonly parameters: Parameters },
  platform: PlatformOutputs,
): void {
  for (const [name, output] of Object.entries(outputs)) {
    const value = isOutputName(name) ? platform[name] : undefined;
    const isMissing = value === undefined || value === null || value === 'none';
    if (name === 'monitoringTopicArn' || !output.isNeeded({ ...parameters, api }) || !isMissing) continue;
    throw new ServiceFault(
      `The stack platform-${stage} has no output ${output.key}: deploy platform with the same parameters first.`,
    );
  }
}

/** @param userPoolArn `arn:<partition>:cognito-idp:<region>:<account>:userpool/<id>` */
function issuerOf(userPoolArn: string): object {
  const [, , , region = '', , resource = ''] = userPoolArn.split(':');
  return { 'Fn::Sub': `https://cognito-idp.${region}.\${AWS::URLSuffix}/${resource.split('/')[1]}` };
}

function isOutputName(name: string): name is OutputName {
  return name in outputs;
}
