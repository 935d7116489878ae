import { devNull } from 'node:os';

/** The region on the endpoint of a command that names none. */
export const localRegion = 'us-east-1';

/** The endpoint accepts any credentials; these belong to no account. */
export const testCredentials = { accessKeyId: 'test', secretAccessKey: 'test' } as const;

const defaultPort = 4566;

/**
 * Variables that lead a client away from the endpoint: the developer's own account, and proxies, which the Serverless
 * CLI asks for localhost too, whatever NO_PROXY says. What else starts with AWS_ is the runtime's or a retry setting.
 */
const leadsAway =
  /^(?:AWS_(?!LAMBDA_|EXECUTION_ENV$|MAX_ATTEMPTS$|RETRY_MODE$|NODEJS_|XRAY_).*|(?:https?_|all_)?proxy)$/i;

/**
 * The port of the endpoint: EDGE_PORT, else that of an AWS_ENDPOINT_URL on this machine, else `configured`, else 4566.
 * @throws Error about a port that is none, which the CLI would meet with retries
 */
export function endpointPort(environment: NodeJS.ProcessEnv, configured?: unknown): number {
  const { EDGE_PORT } = environment;
  const given = EDGE_PORT || portOnThisMachine(environment.AWS_ENDPOINT_URL) || configured || defaultPort;
  const port = Number(given);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  throw new Error(`${EDGE_PORT ? 'EDGE_PORT' : 'edgePort'} must be a number from 1 to 65535, not "${given}".`);
}

/** Removes what leads away from the endpoint. */
export function withoutAws(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !leadsAway.test(name)));
}

/** What makes every AWS client of a process, and the Serverless CLI, use the endpoint on `port`. */
export function endpointVariables(port: number, region = localRegion): Readonly<Record<string, string>> {
  return {
    AWS_ACCESS_KEY_ID: testCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: testCredentials.secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: `http://localhost:${port}`,
    // Profiles may name credentials, endpoints and regions of their own.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    EDGE_PORT: String(port),
    // The CLI asks for stack events every 5 s by default; here a stack is ready in a fraction of that.
    SLS_AWS_MONITORING_FREQUENCY: '50',
  };
}

function portOnThisMachine(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { hostname, port } = new URL(url);
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname) ? port : undefined;
}
