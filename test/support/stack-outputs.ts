import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { awsConfig } from './aws-config.ts';
import { stageConfig } from './stage.ts';

/** One of the outputs of a stack. */
export function outputNamed(outputs: ReadonlyMap<string, string>, name: string): string {
  const value = outputs.get(name);
  if (value === undefined) throw new Error(`There is no output ${name} among ${[...outputs.keys()].join(', ')}`);
  return value;
}

/** The outputs of a deployed stack, by key. */
export async function stackOutputs(stack: string, endpoint?: string): Promise<ReadonlyMap<string, string>> {
  const cloudFormation = new CloudFormationClient(endpoint === undefined ? stageConfig() : awsConfig(endpoint));
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stack }));
  cloudFormation.destroy();
  return new Map(Stacks?.[0]?.Outputs?.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
}
