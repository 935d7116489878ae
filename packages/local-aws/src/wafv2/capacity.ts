import { AwsError } from '../core/aws-error.ts';
import type { WebAclProperties } from './web-acl-properties.ts';

/** What the rule groups of AWS itself cost, in web ACL capacity units. */
const managedGroups: Readonly<Record<string, number>> = {
  AWSManagedRulesCommonRuleSet: 700,
  AWSManagedRulesAdminProtectionRuleSet: 100,
  AWSManagedRulesKnownBadInputsRuleSet: 200,
  AWSManagedRulesSQLiRuleSet: 200,
  AWSManagedRulesLinuxRuleSet: 200,
  AWSManagedRulesUnixRuleSet: 100,
  AWSManagedRulesWindowsRuleSet: 200,
  AWSManagedRulesPHPRuleSet: 100,
  AWSManagedRulesWordPressRuleSet: 100,
  AWSManagedRulesAmazonIpReputationList: 25,
  AWSManagedRulesAnonymousIpList: 50,
  AWSManagedRulesBotControlRuleSet: 50,
};

/** Beyond it AWS WAF makes no web ACL. */
const most = 5000;

type Statement = NonNullable<WebAclProperties['Rules']>[number]['Statement'];

/** The web ACL capacity units that rules take. @throws AwsError for a rule group that AWS does not have */
export function capacityOf(rules: WebAclProperties['Rules'] = []): number {
  const capacity = rules.reduce((sum, { Statement }) => sum + capacityOfStatement(Statement), 0);
  if (capacity <= most) return capacity;
  throw new AwsError('WAFLimitsExceededException', `The rules take ${capacity} capacity units of ${most}.`);
}

function capacityOfStatement({ ManagedRuleGroupStatement: group, RateBasedStatement: rate }: Statement): number {
  if (rate !== undefined) return 2;
  if (group === undefined) return 1;
  const known = Object.hasOwn(managedGroups, group.Name) ? managedGroups[group.Name] : undefined;
  if (group.VendorName === 'AWS' && known !== undefined) return known;
  throw new AwsError(
    'WAFNonexistentItemException',
    `The local endpoint knows no managed rule group ${group.VendorName}/${group.Name}.`,
  );
}
