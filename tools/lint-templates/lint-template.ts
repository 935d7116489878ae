import { deployedTemplate } from '../render-templates/deployed-template.ts';
import type { Template } from '../render-templates/template.ts';
import { apiFindings } from './api-findings.ts';
import type { ApiOptions } from './api-options.ts';
import { createAwsLinter } from './aws-findings.ts';
import { conditionalDependencies, undecidedConditions, unusedConditions } from './condition-findings.ts';
import { exposedHeaderFindings } from './exposed-header-findings.ts';
import type { Finding } from './finding.ts';
import { policyFindings } from './policy-findings.ts';
import { queueFindings } from './queue-findings.ts';
import { sizeFindings } from './size-findings.ts';
import { createSpecLinter } from './spec-findings.ts';
import { tableFindings } from './table-findings.ts';
import { transportFindings } from './transport-findings.ts';

export type Linter = (template: Template, options: ApiOptions) => readonly Finding[];

/**
 * Makes the linter of rendered templates. Since their conditions are decided, it looks at what CloudFormation will make of
 * each: a reference to what is not there then is one to nothing.
 */
export function createLinter(): Linter {
  const checks = [
    createAwsLinter(),
    createSpecLinter(),
    policyFindings,
    tableFindings,
    queueFindings,
    transportFindings,
    exposedHeaderFindings,
  ];

  return (template, options) => {
    const undecided = undecidedConditions(template);
    if (undecided.length > 0) return undecided;
    const deployed = deployedTemplate(template);
    return [
      ...unusedConditions(template),
      ...conditionalDependencies(template),
      ...sizeFindings(template),
      ...checks.flatMap((check) => check(deployed)),
      ...apiFindings(deployed, options),
    ];
  };
}
