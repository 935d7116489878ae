import { ruleFunctions } from './intrinsics.ts';
import { referencesIn } from './references.ts';
import type { Resolver } from './resolver.ts';
import type { Template } from './template.ts';
import { templateError } from './template-error.ts';

/**
 * Evaluates the assertions of the template's rules against the values of its parameters.
 *
 * @throws AwsError ValidationError with the descriptions of all assertions that do not hold
 */
export function checkRules(template: Template, resolver: Resolver): void {
  const failures: string[] = [];
  for (const [name, { RuleCondition, Assertions }] of template.rules) {
    requireParameters(template, [RuleCondition ?? null, ...Assertions.map(({ Assert }) => Assert)]);
    if (RuleCondition !== undefined && !resolver.evaluateCondition(RuleCondition, ruleFunctions)) continue;
    for (const { Assert, AssertDescription } of Assertions) {
      if (resolver.evaluateCondition(Assert, ruleFunctions)) continue;
      failures.push(`${name}: ${AssertDescription ?? JSON.stringify(Assert)}`);
    }
  }
  if (failures.length > 0) throw templateError(`Rule validation failed: ${failures.join(' ')}`);
}

/** Rules are evaluated before any resource exists. */
function requireParameters(template: Template, expressions: Parameters<typeof referencesIn>[0]): void {
  const unknown = referencesIn(expressions).find(
    ({ name }) => !name.startsWith('AWS::') && !template.parameters.has(name),
  );
  if (unknown === undefined) return;
  throw templateError(
    `Template format error: Unresolved dependencies [${unknown.name}]. Cannot reference resources in the Rules block of the template`,
  );
}
