import type { Counted } from './count-hops.ts';
import type { PriceList } from './price-list.ts';
import type { Usage } from './usage.ts';

type Operation = Pick<Counted, 'units'> & { readonly name: string };

/** A parameter that costs money, off by default. */
export type Option = {
  readonly name: string;
  /** As the table has it. */
  readonly title: string;
  readonly params: Readonly<Record<string, string>>;
  /** Parameters that it needs, and whose own cost is not its. */
  readonly base?: Readonly<Record<string, string>>;
  /** What it adds to one operation. */
  readonly perOperation?: (operation: Operation, assumptions: PriceList['assumptions']) => Usage;
};

const requestsOf = ({ units: { apiGatewayRest = 0, apiGatewayHttp = 0 } }: Operation): number =>
  apiGatewayRest + apiGatewayHttp;

/** All that cost something. Those of docs/parameters.md that are not here cost nothing. */
export const options: readonly Option[] = [
  {
    name: 'tracing',
    title: '`tracing` (on by default)',
    params: { tracing: 'true' },
    perOperation: (_operation, { tracedShare }) => ({ xrayTrace: tracedShare }),
  },
  {
    name: 'accessLogs',
    title: '`accessLogs`',
    params: { accessLogs: 'true' },
    perOperation: (operation, { accessLogBytes }) => ({ logGb: (requestsOf(operation) * accessLogBytes) / 1e9 }),
  },
  {
    name: 'webAcl',
    title: '`webAcl: managed`',
    params: { webAcl: 'managed' },
    // HTTP APIs cannot have one.
    perOperation: ({ units: { apiGatewayRest = 0 } }) => ({ webAclRequest: apiGatewayRest }),
  },
  {
    name: 'encryptionKey',
    title: '`encryptionKey: customer`, in its first year',
    params: { encryptionKey: 'customer' },
  },
  { name: 'morningPlan', title: '`morningPlan`', params: { morningPlan: 'true' } },
  {
    name: 'notificationEmail',
    title: '`notificationEmail`',
    params: { notificationEmail: 'orders@example.com' },
    perOperation: ({ units: { pipeRequest = 0 } }) => ({ snsEmail: pipeRequest }),
  },
  { name: 'provisioned', title: '`billingMode: PROVISIONED`, 5 and 5 units', params: { billingMode: 'PROVISIONED' } },
  {
    name: 'scaling',
    title: '`readCapacityMaximum`, `writeCapacityMaximum`',
    base: { billingMode: 'PROVISIONED' },
    params: { readCapacityMaximum: '50', writeCapacityMaximum: '50' },
  },
];
