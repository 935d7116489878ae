import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { QueryAction, QueryOutput } from '../core/query-protocol.ts';
import { parseRequest } from '../core/query-request.ts';
import { requiredCapabilities } from './check-template.ts';
import { fields, stackNameField, templateFields } from './request.ts';
import type { StackRequests } from './stack-requests.ts';
import { type ParameterDeclaration, parseTemplate, type Template } from './template.ts';
import { templateError } from './template-error.ts';
import { templateBody } from './template-source.ts';

const summarySchema = z.object({ ...templateFields, StackName: stackNameField.optional() });
const getSchema = z.object({
  StackName: stackNameField.optional(),
  ChangeSetName: fields.text.optional(),
  TemplateStage: z.enum(['Original', 'Processed']).optional(),
});

/** What is about templates rather than stacks. */
export function templateActions(requests: StackRequests): Record<string, QueryAction> {
  const { store, fetchTemplate } = requests;
  return {
    async ValidateTemplate(input) {
      const template = parseTemplate(await templateBody(parseRequest(z.object(templateFields), input), fetchTemplate));
      return {
        Description: template.description,
        Parameters: [...template.parameters].map(([name, { Default, NoEcho, Description }]) => ({
          ParameterKey: name,
          DefaultValue: Default,
          NoEcho: NoEcho ?? false,
          Description,
        })),
        ...capabilityOutput(template),
        DeclaredTransforms: [...template.transforms],
      };
    },

    async GetTemplateSummary(input, { region }) {
      const request = parseRequest(summarySchema, input);
      const stack = request.StackName === undefined ? undefined : requests.requireStack(region, request.StackName);
      if (stack?.status === 'REVIEW_IN_PROGRESS') {
        throw templateError('GetTemplateSummary cannot be called on REVIEW_IN_PROGRESS stacks.');
      }
      const body = stack === undefined ? await templateBody(request, fetchTemplate) : stack.current.templateBody;
      const template = parseTemplate(body);
      return {
        Description: template.description,
        Metadata: template.metadata === undefined ? undefined : JSON.stringify(template.metadata),
        Version: '2010-09-09',
        Parameters: [...template.parameters].map(parameterSummary),
        ...capabilityOutput(template),
        ResourceTypes: [...template.resources.values()].map(({ Type }) => Type),
        DeclaredTransforms: [...template.transforms],
      };
    },

    GetTemplate(input, { region }) {
      const { StackName, ChangeSetName, TemplateStage } = parseRequest(getSchema, input);
      if (StackName === undefined && !ChangeSetName?.startsWith('arn:')) {
        throw templateError(
          ChangeSetName === undefined
            ? 'StackName is required if ChangeSetName is not specified.'
            : 'StackName is a required parameter.',
        );
      }
      const stack = StackName === undefined ? undefined : requests.requireStack(region, StackName);
      const changeSets = (stack === undefined ? store.all(region) : [stack]).flatMap((each) => each.changeSets);
      const changeSet = changeSets.find(({ id, name }) => id === ChangeSetName || name === ChangeSetName);
      if (ChangeSetName !== undefined && changeSet === undefined) {
        throw new AwsError('ChangeSetNotFound', `ChangeSet [${ChangeSetName}] does not exist`, 404);
      }
      const body = (changeSet?.desired ?? stack?.current)?.templateBody;
      if (TemplateStage === 'Processed' && body && parseTemplate(body).transforms.length > 0) {
        throw templateError(
          'TemplateStage Processed of a template with transforms is not supported by the local endpoint.',
        );
      }
      return {
        TemplateBody: body,
        StagesAvailable: ['Original', 'Processed'],
      };
    },
  };
}

function capabilityOutput(template: Template): QueryOutput {
  const { capabilities, types } = requiredCapabilities(template);
  const reason = `The following resource(s) require capabilities: [${types.join(', ')}]`;
  return { Capabilities: capabilities, CapabilitiesReason: types.length === 0 ? undefined : reason };
}

function parameterSummary([name, declaration]: [string, ParameterDeclaration]): QueryOutput {
  return {
    ParameterKey: name,
    ParameterType: declaration.Type,
    DefaultValue: declaration.Default,
    NoEcho: declaration.NoEcho ?? false,
    Description: declaration.Description,
    ParameterConstraints: { AllowedValues: declaration.AllowedValues },
  };
}
