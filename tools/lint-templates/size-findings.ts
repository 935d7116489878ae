import type { Template } from '../render-templates/template.ts';
import type { Finding } from './finding.ts';

/** What CloudFormation reads from S3. AWS's validator counts resources and outputs, but no bytes. */
const maximumBytes = 1_000_000;

export function sizeFindings(template: Template): readonly Finding[] {
  // As the framework writes it.
  const bytes = Buffer.byteLength(JSON.stringify(template, null, 2));
  if (bytes <= maximumBytes) return [];
  const message = `The template has ${bytes} bytes, and CloudFormation takes ${maximumBytes}.`;
  return [{ logicalId: '', path: '', rule: 'template-size', message }];
}
