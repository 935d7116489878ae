import type { ServiceContext } from './service-context.ts';
import { ServiceFault } from './service-fault.ts';
import { type Resources, resourcesOfType, type Template, valueAt } from './template.ts';

/** The share of its capacity in per cent that a table or an index uses before it gets more. */
const targetUtilization = 70;

/**
 * Scales the provisioned capacity of tables and their indexes between the capacity units and the maxima of the parameters.
 * @throws ServiceFault for a maximum below the capacity that it scales from
 */
export function tableScaling({ Resources }: Template, { parameters }: Pick<ServiceContext, 'parameters'>): Resources {
  const scaled = [
    { kind: 'Read', minimum: parameters.readCapacityUnits, maximum: parameters.readCapacityMaximum },
    { kind: 'Write', minimum: parameters.writeCapacityUnits, maximum: parameters.writeCapacityMaximum },
  ].filter(({ maximum }) => maximum > 0);
  if (parameters.billingMode !== 'PROVISIONED') return {};
  for (const { kind, minimum, maximum } of scaled) {
    if (maximum >= minimum) continue;
    const [name, units] = [`${kind.toLowerCase()}CapacityMaximum`, `${kind.toLowerCase()}CapacityUnits`];
    throw new ServiceFault(`the parameter ${name} is ${maximum}, and ${units} is ${minimum}: it cannot scale down`);
  }
  const scalings = resourcesOfType(Resources, 'AWS::DynamoDB::Table')
    .filter(([, { Properties }]) => Properties?.BillingMode === 'PROVISIONED')
    .flatMap(([id, { Properties }]) => [
      { id, dimension: 'table', resource: `table/\${${id}}` },
      ...indexesOf(Properties).map((name) => ({
        id: `${id}${name[0]?.toUpperCase()}${name.slice(1)}`,
        dimension: 'index',
        resource: `table/\${${id}}/index/${name}`,
      })),
    ])
    .flatMap((part) => scaled.map((each) => ({ ...part, ...each })));
  return Object.fromEntries(scalings.flatMap((scaling) => Object.entries(scalingOf(scaling))));
}

type Scaling = {
  readonly id: string;
  readonly dimension: string;
  /** Of Application Auto Scaling, with the name of the table as a variable. */
  readonly resource: string;
  readonly kind: string;
  readonly minimum: number;
  readonly maximum: number;
};

function scalingOf({ id, dimension, resource, kind, minimum, maximum }: Scaling): Resources {
  const target = `${id.replaceAll(/[^A-Za-z0-9]/g, '')}${kind}Target`;
  return {
    [target]: {
      Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
      Properties: {
        MinCapacity: minimum,
        MaxCapacity: maximum,
        ResourceId: { 'Fn::Sub': resource },
        ScalableDimension: `dynamodb:${dimension}:${kind}CapacityUnits`,
        ServiceNamespace: 'dynamodb',
      },
    },
    [`${target}Tracking`]: {
      Type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
      Properties: {
        PolicyName: `${target}Tracking`,
        PolicyType: 'TargetTrackingScaling',
        ScalingTargetId: { Ref: target },
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: targetUtilization,
          PredefinedMetricSpecification: { PredefinedMetricType: `DynamoDB${kind}CapacityUtilization` },
        },
      },
    },
  };
}

function indexesOf(properties: Resources[string]['Properties']): readonly string[] {
  const indexes = properties?.GlobalSecondaryIndexes;
  return Array.isArray(indexes) ? indexes.map((index) => String(valueAt(index, 'IndexName'))) : [];
}
