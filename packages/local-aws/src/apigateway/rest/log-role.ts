import * as z from 'zod';
import { AwsError } from '../../core/aws-error.ts';
import { deriveId } from '../../core/derive-id.ts';
import { defineResource, property, type ResourceType } from '../../core/resource-type.ts';
import type { RestApiStore } from './rest-api-store.ts';

/** What IAM knows of the role that API Gateway writes logs with. */
export type LogRoleCheck = {
  /** Whether API Gateway may assume the role and has the permissions that it asks for. */
  isUsable(roleArn: string): boolean;
  /** Whether the role may write a log stream. */
  mayWrite(log: { readonly roleArn: string; readonly group: string; readonly stream: string }): boolean;
};

const properties = z.strictObject({ CloudWatchRoleArn: property.string().optional() });

/** `AWS::ApiGateway::Account`: an account has one, whichever template sets it. */
export function accountResourceType(store: RestApiStore, check: LogRoleCheck): ResourceType {
  return defineResource({
    type: 'AWS::ApiGateway::Account',
    properties,
    replaceOn: [],
    create: ({ CloudWatchRoleArn }, { stackName, logicalId, generation = 0 }) => {
      setLogRole(store, check, CloudWatchRoleArn);
      const id = deriveId(6, 'account', stackName, logicalId, String(generation));
      return { physicalId: id, attributes: { Id: id } };
    },
    update: ({ CloudWatchRoleArn }, { state }) => {
      setLogRole(store, check, CloudWatchRoleArn);
      return state;
    },
    // The setting outlives the resource, as on AWS: other stacks of the account log by it.
    delete: () => {},
  });
}

/** @throws AwsError when API Gateway could not write logs with it */
export function setLogRole(store: RestApiStore, check: LogRoleCheck, roleArn: string | undefined): void {
  if (roleArn !== undefined && !check.isUsable(roleArn)) {
    throw new AwsError(
      'BadRequestException',
      'The role ARN does not have required permissions configured. Please grant trust permission for API Gateway and add the required role policy.',
    );
  }
  store.cloudWatchRoleArn = roleArn;
  store.changed();
}
