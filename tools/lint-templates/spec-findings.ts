import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { Property, PropertyType } from '@aws-cdk/service-spec-types';
import type { Template } from '../render-templates/template.ts';
import type { Finding } from './finding.ts';
import { intrinsicOf, referenceOf } from './intrinsic.ts';
import { faultOfScalar, type ValueFault } from './scalar-fault.ts';

type Properties = Readonly<Record<string, Property>>;

/** References of another kind than the specification says, which CloudFormation takes too. */
const moreTargets = new Set(['AWS::ApiGateway::RestApi.RootResourceId']);

/**
 * Checks resources against the specification that the CDK is made from: which properties there are, which are needed,
 * which kind of value they take and of which resources. AWS's validator lets pass what is no object where one belongs,
 * what only CloudFormation may set, and references to resources of another kind.
 */
export function createSpecLinter(): (template: Template) => readonly Finding[] {
  const database = loadAwsServiceSpecSync();

  return ({ Resources }) =>
    Object.entries(Resources).flatMap(([logicalId, { Type, Properties = {} }]) => {
      const [known] = database.lookup('resource', 'cloudFormationType', 'equals', Type);
      if (known === undefined) return [];
      const faults = faultsOfObject(Properties, known.properties, 'Properties', Object.keys(known.attributes));
      return faults.map((fault) => ({ logicalId, ...fault }));

      function faultsOfObject(
        value: object,
        properties: Properties,
        path: string,
        readOnly: readonly string[] = [],
      ): readonly ValueFault[] {
        const missing = Object.keys(properties).filter((name) => properties[name]?.required && !(name in value));
        const faults = Object.entries(value).flatMap(([name, item]) => {
          const property = properties[name];
          const at = `${path}.${name}`;
          if (property !== undefined)
            return [...faultsOfTarget(item, property, at), ...faultsOf(item, typeOf(property), at)];
          const message = readOnly.includes(name) ? 'Only CloudFormation sets this.' : 'There is no such property.';
          return [{ path: at, rule: 'known-property', message }];
        });
        return [
          ...missing.map((name) => ({ path, rule: 'required-property', message: `The property ${name} is missing.` })),
          ...faults,
        ];
      }

      function faultsOfTarget(item: unknown, { relationshipRefs = [] }: Property, path: string): readonly ValueFault[] {
        const { id = '', attribute } = referenceOf(item) ?? {};
        const target = Resources[id]?.Type;
        const types = [...new Set(relationshipRefs.map(({ cloudFormationType }) => cloudFormationType))];
        if (target === undefined || types.length === 0 || types.includes(target)) return [];
        if (moreTargets.has(`${target}.${attribute}`)) return [];
        // The ref of an alias is an ARN that stands where that of its function does.
        if (target === 'AWS::Lambda::Alias' && types.includes('AWS::Lambda::Function')) return [];
        return [{ path, rule: 'reference-type', message: `This is of a ${target} and not of a ${types.join(', ')}.` }];
      }

      function faultsOf(item: unknown, type: PropertyType, path: string): readonly ValueFault[] {
        switch (type.type) {
          case 'string':
          case 'date-time':
          case 'number':
          case 'integer':
          case 'boolean':
            return faultOfScalar(item, type, path);
          case 'array':
          case 'map':
            return (
              elementsOf(item, type.type)?.flatMap(([key, element]) =>
                faultsOf(element, type.element, `${path}.${key}`),
              ) ?? wrong(type, path)
            );
          case 'ref':
            return isObject(item)
              ? faultsOfObject(item, database.get('typeDefinition', type.reference.$ref).properties, path)
              : wrong(type, path);
          case 'tag':
            return isObject(item) ? [] : wrong(type, path);
          case 'union':
            return best(type.types.map((candidate) => faultsOf(item, candidate, path)));
          case 'json':
          case 'null':
            return [];
        }
      }
    });
}

/** All the types that a property has had, each of which CloudFormation still takes. */
function typeOf({ type, previousTypes = [] }: Property): PropertyType {
  return previousTypes.length === 0 ? type : { type: 'union', types: [type, ...previousTypes] };
}

/** Whether it has properties of its own, which what a function yields never has. */
function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && intrinsicOf(value) === undefined;
}

/** What is in a list or map, by index or key; nothing that is known in what a function yields. */
function elementsOf(value: unknown, type: 'array' | 'map'): readonly (readonly [string, unknown])[] | undefined {
  if (type === 'map') return isObject(value) ? Object.entries(value) : undefined;
  if (intrinsicOf(value) !== undefined) return [];
  return Array.isArray(value) ? Object.entries(value) : undefined;
}

function wrong({ type }: PropertyType, path: string): readonly ValueFault[] {
  return [{ path, rule: 'value-type', message: `This is not of type ${type}.` }];
}

/** Of what is wrong by each type that a value may have. */
function best(tried: readonly (readonly ValueFault[])[]): readonly ValueFault[] {
  return tried.toSorted((left, right) => left.length - right.length)[0] ?? [];
}
