import { traced } from '../observability/traced.ts';

type Middleware = <Args, Output>(
  next: (args: Args) => Promise<Output>,
  context: { readonly clientName?: string; readonly commandName?: string },
) => (args: Args) => Promise<Output>;

type TraceableClient = {
  readonly middlewareStack: {
    add(middleware: Middleware, options: { readonly step: 'initialize'; readonly name: string }): void;
  };
};

/** Shows each call of an AWS SDK client, its retries included, as a subsegment such as DynamoDB with its operation. */
export function traceCalls<C extends TraceableClient>(client: C): C {
  const middleware: Middleware = (next, { clientName = 'AWS', commandName = 'Call' }) => {
    const name = clientName.replace(/Client$/, '');
    const fields = { namespace: 'aws', aws: { operation: commandName.replace(/Command$/, '') } };
    return (args) => traced(name, () => next(args), fields);
  };
  client.middlewareStack.add(middleware, { step: 'initialize', name: 'traceCalls' });
  return client;
}
