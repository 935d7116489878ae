import { RegoEngine, type StandardDiagnostic, type ValidateConfig } from '@aws/cloudformation-validate';
import { placeholderAccount } from '../render-templates/output-placeholder.ts';
import type { Template } from '../render-templates/template.ts';
import type { Finding } from './finding.ts';

/** The rules that templates need not follow; all others they must, those of advice too. */
const config: ValidateConfig = {
  exclude: {
    ids: [
      // Fn::Join instead of Fn::Sub: the framework writes so.
      'I1022',
      // A dependency that is there twice: so does serverless-iam-roles-per-function.
      'W3005',
      // Notices: every property whose change replaces its resource, and every resource without tags of its own (those of
      // the stack are on all).
      'I9001',
      'I9040',
      // A text for a number or a truth value, which CloudFormation reads: what --param gives is text.
      'W9003',
    ],
    resourceTypes: [
      // Deletion policies: what is in a queue is of no use without the functions that process it.
      { ruleId: 'I3011', resourceType: 'AWS::SQS::Queue' },
    ],
  },
};

/** The rules against ARNs that are written out. Those which parameters and other stacks give are not. */
const againstArns = new Set(['W9002', 'W9013', 'I3042']);

/**
 * Checks templates with AWS's own validator: the schemas of all resource types, and the rules of cfn-lint.
 * @see https://github.com/aws-cloudformation/cloudformation-validate
 */
export function createAwsLinter(): (template: Template) => readonly Finding[] {
  const engine = new RegoEngine();
  return (template) => {
    const bytes = Buffer.from(JSON.stringify(template));
    const { status, diagnostics } = engine.validateStandard({ path: 'template.json', readBytes: () => bytes }, config);
    if (status !== 'OK' && diagnostics.length === 0)
      throw new Error(`The template was not checked to its end: ${status}.`);
    return diagnostics
      .filter((diagnostic) => !isOfGivenArn(diagnostic, template))
      .map(({ entity, propertyPath, ruleId, message }) => ({
        logicalId: entity?.logicalId ?? '',
        path: propertyPath ?? '',
        rule: ruleId,
        message,
      }));
  };
}

function isOfGivenArn({ ruleId, entity }: StandardDiagnostic, { Resources }: Template): boolean {
  if (!againstArns.has(ruleId)) return false;
  const arns = JSON.stringify(Resources[entity?.logicalId ?? ''] ?? '').match(/arn:[^:]*:[^:]*:[^:]*:\d{12}:/g) ?? [];
  return arns.length > 0 && arns.every((arn) => arn.endsWith(`:${placeholderAccount}:`));
}
