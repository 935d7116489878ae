/** What AWS bills, each with a price in prices.yml. */
export const unitNames = [
  'apiGatewayRest',
  'apiGatewayHttp',
  'lambdaRequest',
  'lambdaGbSecond',
  'dynamodbWrite',
  'dynamodbRead',
  'dynamodbStreamRead',
  'dynamodbWriteCapacityHour',
  'dynamodbReadCapacityHour',
  'dynamodbStoredGb',
  'dynamodbRecoveryGb',
  'sqsRequest',
  'snsPublish',
  'snsEmail',
  'pipeRequest',
  'busEvent',
  'schedulerInvocation',
  'logGb',
  'logStoredGb',
  'customMetric',
  'alarmMetric',
  'dashboard',
  'xrayTrace',
  'kmsKey',
  'kmsRequest',
  'webAcl',
  'webAclRule',
  'webAclRequest',
  'secret',
  's3StoredGb',
  'transferGb',
] as const;

export type UnitName = (typeof unitNames)[number];

/** How many of each; what is absent is zero. */
export type Usage = Readonly<Partial<Record<UnitName, number>>>;

/** Adds up usages, each as often as its factor says. */
export function addUsage(...parts: readonly (readonly [usage: Usage, factor: number])[]): Usage {
  const sums = unitNames.map((unit): readonly [UnitName, number] => [
    unit,
    parts.reduce((sum, [usage, factor]) => sum + (usage[unit] ?? 0) * factor, 0),
  ]);
  return Object.fromEntries(sums.filter(([, sum]) => sum !== 0));
}
