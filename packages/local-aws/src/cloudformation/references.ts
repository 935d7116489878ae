import { isJsonObject, type JsonValue } from '../core/json.ts';
import { getAttTarget, intrinsicOf, replaceVariables, subArgument } from './intrinsics.ts';

export type Reference = { readonly kind: 'Ref' | 'Fn::GetAtt'; readonly name: string };

/**
 * Everything that `value` refers to, parameters included.
 * @param chosenBranch picks the branch of an `Fn::If`; without it both branches count
 */
export function referencesIn(value: JsonValue, chosenBranch?: (argument: JsonValue) => JsonValue): Reference[] {
  const walk = (node: JsonValue): Reference[] => {
    const call = intrinsicOf(node);
    if (call === undefined) {
      if (Array.isArray(node)) return node.flatMap(walk);
      return isJsonObject(node) ? Object.values(node).flatMap(walk) : [];
    }
    switch (call.name) {
      case 'Ref':
        return typeof call.argument === 'string' ? [{ kind: 'Ref', name: call.argument }] : [];
      case 'Fn::GetAtt': {
        const { logicalId, attribute } = getAttTarget(call.argument);
        return [{ kind: 'Fn::GetAtt', name: logicalId }, ...walk(attribute)];
      }
      case 'Fn::Sub':
        return subReferences(call.argument, walk);
      case 'Fn::If':
        return walk(chosenBranch?.(call.argument) ?? call.argument);
      default:
        return walk(call.argument);
    }
  };
  return walk(value);
}

function subReferences(argument: JsonValue, walk: (node: JsonValue) => Reference[]): Reference[] {
  const { text, variables } = subArgument(argument);
  const found = [...variables.values()].flatMap(walk);
  replaceVariables(text, (name) => {
    const [logicalId = '', ...attribute] = name.split('.');
    if (!variables.has(name)) found.push({ kind: attribute.length > 0 ? 'Fn::GetAtt' : 'Ref', name: logicalId });
    return '';
  });
  return found;
}
