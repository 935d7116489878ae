import { GetRolePolicyCommand, type IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetTopicAttributesCommand, SetTopicAttributesCommand, type SNSClient } from '@aws-sdk/client-sns';
import * as z from 'zod';

const policySchema = z.looseObject({ Statement: z.array(z.looseObject({ Action: z.unknown() })) });

/** Takes the statements about `action` out of a policy. @throws Error if there are none */
function withoutAction(document: string, action: string): string {
  const policy = policySchema.parse(JSON.parse(document));
  const Statement = policy.Statement.filter((each) => ![each.Action].flat().includes(action));
  if (Statement.length === policy.Statement.length) throw new Error(`The policy does not name ${action}: ${document}`);
  return JSON.stringify({ ...policy, Statement });
}

/** Takes the permission for `action` from an inline policy of a role, until the returned function is called. */
export async function breakRole(
  iam: IAMClient,
  policy: { readonly RoleName: string | undefined; readonly PolicyName: string },
  action: string,
): Promise<() => Promise<void>> {
  const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand(policy));
  const document = decodeURIComponent(PolicyDocument);
  const put = async (changed: string): Promise<void> => {
    await iam.send(new PutRolePolicyCommand({ ...policy, PolicyDocument: changed }));
  };
  await put(withoutAction(document, action));
  return () => put(document);
}

/** Lets no service publish to a topic, until the returned function is called. */
export async function closeTopic(sns: SNSClient, TopicArn: string): Promise<() => Promise<void>> {
  const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
  const policy = policySchema.parse(JSON.parse(Attributes?.Policy ?? ''));
  const set = async (document: unknown): Promise<void> => {
    const AttributeValue = JSON.stringify(document);
    await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue }));
  };
  await set({ ...policy, Statement: policy.Statement.filter(({ Effect }) => Effect === 'Deny') });
  return () => set(policy);
}
