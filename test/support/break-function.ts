import {
  GetFunctionConfigurationCommand,
  type LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { until } from 'local-aws/testing';

/** Points a function, by one of its variables, at something that does not exist, until the returned function is called. */
export async function breakFunction(
  lambda: LambdaClient,
  FunctionName: string,
  variable: string,
  missing = 'does-not-exist',
): Promise<() => Promise<void>> {
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const Variables = Environment?.Variables ?? {};
  const update = async (changed: Record<string, string>): Promise<void> => {
    const Environment = { Variables: { ...Variables, ...changed } };
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment }));
    await until('the update', async () => {
      const { LastUpdateStatus } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
      return LastUpdateStatus === 'Successful' || undefined;
    });
  };
  await update({ [variable]: missing });
  return () => update({});
}
