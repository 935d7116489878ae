import type { Serverless } from './framework.ts';

type Hook = { readonly pluginName: string; hook: () => Promise<void> };

/**
 * Makes `remove` succeed where there is no stack: the framework asks the stack for its bucket first, and fails. Hooks of
 * other plugins run as ever.
 */
export function allowMissingStack(serverless: Serverless, say: (message: string) => void): void {
  const hooks = serverless.pluginManager.hooks['remove:remove'];
  for (const entry of Array.isArray(hooks) ? hooks.filter(isFrameworks) : []) {
    const remove = entry.hook;
    entry.hook = async () => {
      const { missing, stackName } = await findStack(serverless);
      if (missing) say(`There is no stack ${stackName}: nothing is left to remove.`);
      else await remove();
    };
  }
}

async function findStack(serverless: Serverless): Promise<{ missing: boolean; stackName: string }> {
  const provider = serverless.getProvider('aws');
  const stackName = provider.naming.getStackName();
  try {
    await provider.request('CloudFormation', 'describeStacks', { StackName: stackName });
    return { missing: false, stackName };
  } catch (error) {
    if (!(error instanceof Error && error.message.endsWith('does not exist'))) throw error;
    return { missing: true, stackName };
  }
}

function isFrameworks(hook: Hook): boolean {
  return hook.pluginName === 'AwsRemove';
}
