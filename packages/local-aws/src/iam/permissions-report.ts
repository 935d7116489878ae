/** What the report reads of a role: its grants, with how often each part was used. */
export type GrantedRole = {
  readonly grants: readonly {
    readonly actions: readonly { readonly text: string; readonly uses: number }[];
    readonly resources: readonly { readonly text: string; readonly uses: number }[];
  }[];
};

/** An action or resource that a role is granted without need, or wider than it could be. */
export type ExcessGrant = {
  readonly kind: 'action' | 'resource';
  readonly text: string;
  /** The actions of its statement. */
  readonly actions: readonly string[];
  readonly problem: 'unused' | 'wildcard';
};

/** Finds what a role was granted and never used, and what has a wildcard. */
export function excessOf({ grants }: GrantedRole): ExcessGrant[] {
  return grants.flatMap((grant) => {
    const actions = grant.actions.map(({ text }) => text);
    return [
      ...grant.actions.map((part) => ({ kind: 'action' as const, ...part })),
      ...grant.resources.map((part) => ({ kind: 'resource' as const, ...part })),
    ].flatMap(({ kind, text, uses }): ExcessGrant[] => [
      ...(uses === 0 ? [{ kind, text, actions, problem: 'unused' as const }] : []),
      ...(text.includes('*') ? [{ kind, text, actions, problem: 'wildcard' as const }] : []),
    ]);
  });
}

export type UsedPermission = { readonly action: string; readonly resource: string };

/** The smallest policy that permits what a role did: one statement for each set of resources. */
export function smallestPolicy(used: readonly UsedPermission[]): object {
  const resourcesOf = new Map<string, Set<string>>();
  for (const { action, resource } of used) {
    const resources = resourcesOf.get(action) ?? new Set();
    resourcesOf.set(action, resources.add(generalize(resource)));
  }
  const actionsOf = new Map<string, string[]>();
  for (const [action, resources] of resourcesOf) {
    const key = JSON.stringify([...resources].sort());
    actionsOf.set(key, [...(actionsOf.get(key) ?? []), action]);
  }
  return {
    Version: '2012-10-17',
    Statement: [...actionsOf].map(([resources, actions]) => ({
      Effect: 'Allow',
      Action: actions.sort(),
      Resource: JSON.parse(resources),
    })),
  };
}

/** Names that a program makes up at run time, such as keys of objects and log streams, cannot be listed in a policy. */
function generalize(resource: string): string {
  return resource.replace(/:log-stream:.*$/s, ':*').replace(/^(arn:aws:s3:::[^/]+)\/.*$/s, '$1/*');
}
