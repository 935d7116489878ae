import { type Policy, parsePolicy } from './policy-document.ts';

/** Far more than the resources of a laptop have; a map that forgets now and then beats one that grows. */
const maxKept = 1000;

/**
 * Reads the policies of queues, topics and functions, each text once.
 *
 * @param textOf the policy of a resource as JSON, when it has one
 */
export function resourcePolicies(
  textOf: (resourceArn: string) => string | undefined,
): (resourceArn: string) => Policy | undefined {
  const parsed = new Map<string, Policy>();
  return (resourceArn) => {
    const text = textOf(resourceArn);
    if (text === undefined) return undefined;
    const known = parsed.get(text);
    if (known !== undefined) return known;
    if (parsed.size >= maxKept) parsed.clear();
    const policy = parsePolicy(JSON.parse(text), 'resource');
    parsed.set(text, policy);
    return policy;
  };
}
