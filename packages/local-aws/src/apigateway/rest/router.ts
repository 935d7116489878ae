import { decodeSegment } from '../../core/decode-segment.ts';

export type PathMatch<T> = { readonly value: T; readonly parameters: Readonly<Record<string, string>> };

type Node<T> = {
  readonly literals: Map<string, Node<T>>;
  parameter: { readonly name: string; readonly node: Node<T> } | undefined;
  greedy: { readonly name: string; readonly value: T } | undefined;
  value: T | undefined;
};

/**
 * Finds a resource by path: literal segments beat `{parameters}`, those beat `{greedy+}` ones. A trailing slash is
 * ignored. Parameters keep their percent-encoding, as in the event of a proxy integration.
 */
export function createRouter<T>(
  routes: Iterable<readonly [path: string, value: T]>,
): (path: string) => PathMatch<T> | undefined {
  const root = emptyNode<T>();
  for (const [path, value] of routes) insert(root, segmentsOf(path), value);
  return (path) => find(root, segmentsOf(path), 0, []);
}

function emptyNode<T>(): Node<T> {
  return { literals: new Map(), parameter: undefined, greedy: undefined, value: undefined };
}

function segmentsOf(path: string): string[] {
  const trimmed = path.replaceAll(/^\/+|\/$/g, '');
  return trimmed === '' ? [] : trimmed.split('/');
}

function insert<T>(node: Node<T>, [segment, ...rest]: readonly string[], value: T): void {
  if (segment === undefined) {
    node.value = value;
    return;
  }
  const [, name, greedy] = /^\{([^}+]+)(\+?)\}$/.exec(segment) ?? [];
  if (name === undefined) {
    const child = node.literals.get(segment) ?? emptyNode<T>();
    node.literals.set(segment, child);
    insert(child, rest, value);
  } else if (greedy === '+') {
    node.greedy = { name, value };
  } else {
    node.parameter ??= { name, node: emptyNode<T>() };
    insert(node.parameter.node, rest, value);
  }
}

function find<T>(
  node: Node<T>,
  segments: readonly string[],
  at: number,
  parameters: readonly (readonly [string, string])[],
): PathMatch<T> | undefined {
  const segment = segments[at];
  if (segment === undefined) {
    return node.value === undefined ? undefined : { value: node.value, parameters: Object.fromEntries(parameters) };
  }
  const literal = node.literals.get(segment) ?? node.literals.get(decodeSegment(segment));
  const byLiteral = literal === undefined ? undefined : find(literal, segments, at + 1, parameters);
  if (byLiteral !== undefined) return byLiteral;
  if (node.parameter !== undefined && segment !== '') {
    const { name, node: child } = node.parameter;
    const byParameter = find(child, segments, at + 1, [...parameters, [name, segment]]);
    if (byParameter !== undefined) return byParameter;
  }
  if (node.greedy === undefined) return undefined;
  const { name, value } = node.greedy;
  return { value, parameters: Object.fromEntries([...parameters, [name, segments.slice(at).join('/')]]) };
}
