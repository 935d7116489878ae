import { randomUUID } from 'node:crypto';
import { url as inspectorUrl } from 'node:inspector';
import type { AwsProvider, InvokeOptions, Serverless } from '../framework.ts';
import { ServiceFault } from '../service-fault.ts';

type DeployedFunction = {
  readonly FunctionName: string;
  readonly Role: string;
};

type Hook = { readonly pluginName: string; hook: () => Promise<void> };

/**
 * Gives the process of `invoke local` the credentials of the function's role, as the function has them on Lambda.
 * @throws ServiceFault if the function is not deployed: its role comes from the stack
 */
export async function assumeRole(serverless: Serverless, { functionObj }: InvokeOptions): Promise<void> {
  const provider = serverless.getProvider('aws');
  const { Role, FunctionName } = await deployedFunction(provider, functionObj?.name ?? '');
  // Not by STS: the role trusts Lambda only.
  const response = await fetch(`${process.env.AWS_ENDPOINT_URL}/_local/api/role-credentials`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ roleArn: Role, sessionName: FunctionName }),
  });
  const { message, accessKeyId, secretAccessKey, sessionToken } = Object(await response.json());
  if (!response.ok) throw new ServiceFault(`${FunctionName} has no role to run with: ${message}`);
  process.env.AWS_ACCESS_KEY_ID = accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = secretAccessKey;
  process.env.AWS_SESSION_TOKEN = sessionToken;
}

async function deployedFunction(provider: AwsProvider, name: string): Promise<DeployedFunction> {
  try {
    return Object(await provider.request('Lambda', 'getFunctionConfiguration', { FunctionName: name }));
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('not found'))) throw error;
    throw new ServiceFault(`${name} is not deployed: its role, which it runs with, is in the stack. Deploy it first.`);
  }
}

/**
 * Has `invoke local` call the handler with the context that Lambda gives it, and end at the function's timeout. The
 * framework's own context has 1024 MB for each function, and nothing ends at its timeout. With a debugger there is none.
 */
export function limitInvocation(serverless: Serverless, options: InvokeOptions): void {
  const hooks = serverless.pluginManager.hooks['invoke:local:invoke'];
  for (const entry of Array.isArray(hooks) ? hooks.filter(isFrameworks) : []) {
    const invoke = entry.hook;
    entry.hook = () => {
      const seconds = Number(options.functionObj?.timeout ?? serverless.service.provider.timeout ?? 6);
      const ends = Date.now() + seconds * 1000;
      options.context ??= contextOf(serverless, options, ends);
      return inspectorUrl() === undefined ? endAfter(seconds, invoke()) : invoke();
    };
  }
}

function contextOf(serverless: Serverless, { functionObj }: InvokeOptions, ends: number): object {
  const name = functionObj?.name ?? '';
  const region = serverless.getProvider('aws').getRegion();
  const memorySize = functionObj?.memorySize ?? serverless.service.provider.memorySize ?? 1024;
  return {
    awsRequestId: randomUUID(),
    callbackWaitsForEmptyEventLoop: true,
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${region}:000000000000:function:${name}`,
    memoryLimitInMB: String(memorySize),
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Math.max(ends - Date.now(), 0),
  };
}

/** Prints what Lambda answers when a function times out, and ends the process, since the handler may never end. */
async function endAfter(seconds: number, invocation: Promise<void>): Promise<void> {
  const timer = setTimeout(() => {
    const errorMessage = `Task timed out after ${seconds.toFixed(2)} seconds`;
    process.stdout.write(`${JSON.stringify({ errorType: 'Sandbox.Timedout', errorMessage }, null, 4)}\n`);
    process.exit(1);
  }, seconds * 1000);
  await invocation.finally(() => clearTimeout(timer));
}

function isFrameworks(hook: Hook): boolean {
  return hook.pluginName === 'AwsInvokeLocal';
}
