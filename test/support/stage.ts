import { afterAll, it } from '@jest/globals';
import { useEndpoint } from 'local-aws/testing';
import { clientConfig } from '#tools/cli/client-config.ts';
import { undoAll } from './created-items.ts';

type StageConfig = ReturnType<typeof clientConfig>;

/** What tests use of a stage. The clock and the address are those of the endpoint: only tests of `itOnEndpoint` use them. */
type Stage = {
  client<C extends { destroy(): void }>(Client: new (config: StageConfig) => C): C;
  readonly clock: { advance(milliseconds: number): Promise<void> };
  readonly url: string;
};

const named = process.env.CONTRACT_STAGE;

/** The deployed stage that `npm run test:contract` runs against; undefined for the endpoint that the tests start. */
export const deployedStage = named === '' ? undefined : named;

/** A test that needs the insides of the endpoint, such as its clock, or that breaks something: not for a deployed stage. */
export const itOnEndpoint = deployedStage === undefined ? it : it.skip;

/** The name of the stack of a service. The names of its functions begin with it, too. */
export function stackName(service: string): string {
  return `${service}-${deployedStage ?? 'local'}`;
}

/** How clients of the AWS SDK reach the stage. */
export function stageConfig(): StageConfig {
  const endpointUrl = deployedStage === undefined ? process.env.LOCAL_AWS_ENDPOINT_URL : undefined;
  return clientConfig({ stage: deployedStage ?? 'local', region: undefined, endpointUrl });
}

/** The stage under test, from which the items of a test file are deleted at its end unless the endpoint ends with them. */
export function useStage(): Stage {
  if (deployedStage === undefined) return useEndpoint();
  const clients = new Map<unknown, { destroy(): void }>();
  afterAll(async () => {
    await undoAll();
    for (const client of clients.values()) client.destroy();
  });
  const onEndpointOnly = (): never => {
    throw new Error('A deployed stage has no clock, and no one address: mark the test with itOnEndpoint.');
  };
  return {
    client(Client) {
      const known = clients.get(Client);
      if (known instanceof Client) return known;
      const client = new Client(stageConfig());
      clients.set(Client, client);
      return client;
    },
    clock: { advance: onEndpointOnly },
    get url() {
      return onEndpointOnly();
    },
  };
}
