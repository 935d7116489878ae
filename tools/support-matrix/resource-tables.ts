import type { ResourceType } from 'local-aws';

/** One table an AWS service, one row a resource type: what it honours, and what it accepts without effect. */
export function renderResourceTables(types: readonly ResourceType[]): string {
  const byService = Map.groupBy(types, ({ type }) => serviceOf(type));
  return [...byService]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([service, members]) => {
      const rows = members
        .toSorted((a, b) => a.type.localeCompare(b.type))
        .map((member) => {
          const { supported, inert } = member.properties();
          return `| \`${member.type}\` | ${renderPaths(supported)} | ${renderPaths(inert)} |`;
        });
      return `#### ${service}\n\n| type | properties | accepted, no effect |\n|---|---|---|\n${rows.join('\n')}\n`;
    })
    .join('\n');
}

/** Custom resources are CloudFormation's, whatever their types are called. */
function serviceOf(type: string): string {
  const [provider, service = type] = type.split('::');
  return provider === 'Custom' ? 'CloudFormation' : service;
}

type Tree = Map<string, Tree>;

/** `A.B`, `A.C`, `D` as "A { B, C }, D". */
function renderPaths(paths: readonly string[]): string {
  const tree: Tree = new Map();
  for (const path of paths) {
    // Whether something is a list or a map is in the documentation of CloudFormation.
    const [names = '', ...value] = path.replaceAll('[]', '').replaceAll('.*', '').split('=');
    const [last = '', ...above] = names.split('.').reverse();
    [...above.reverse(), [last, ...value].join('=')].reduce<Tree>((node, name) => {
      const child: Tree = node.get(name) ?? new Map();
      node.set(name, child);
      return child;
    }, tree);
  }
  return renderTree(tree);
}

function renderTree(tree: Tree): string {
  return [...tree]
    .map(([name, children]) =>
      children.size === 0 || name === 'Tags' ? renderName(name) : `${name} { ${renderTree(children)} }`,
    )
    .join(', ');
}

/** `Type=HTTP` stands for a property that takes this one value. */
function renderName(path: string): string {
  const [name = '', value] = path.split('=');
  return value === undefined ? name : `${name} (only \`${value}\`)`;
}
