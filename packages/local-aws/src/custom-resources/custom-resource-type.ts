import * as z from 'zod';
import { parseArn } from '../core/arn.ts';
import { generatedName } from '../core/generated-name.ts';
import type { JsonObject } from '../core/json.ts';
import { listProperties } from '../core/property-list.ts';
import {
  CreationFailed,
  problemsOf,
  property,
  propertyError,
  type ResourceContext,
  type ResourceState,
  type ResourceType,
} from '../core/resource-type.ts';
import { type CustomRequest, customRequest } from './custom-request.ts';
import { type CustomResponse, readCustomResponse } from './custom-response.ts';
import type { PendingResponses } from './pending-responses.ts';

/** The provider defines all other properties. */
const propertiesSchema = z.looseObject({
  ServiceToken: property.string(),
  ServiceTimeout: property
    .integer()
    .refine((seconds) => seconds >= 1 && seconds <= 3600, 'must be an integer from 1 to 3600')
    .default(3600),
});

export type CustomResourcePorts = {
  readonly responses: PendingResponses;
  /** Sends a request to the function or topic of a service token. */
  readonly send: (request: CustomRequest) => Promise<void>;
};

type Change = Pick<CustomRequest, 'RequestType' | 'PhysicalResourceId'> & {
  readonly properties: JsonObject;
  readonly oldProperties?: JsonObject;
};

/** `AWS::CloudFormation::CustomResource`, or a type whose name begins with `Custom::`. */
export function customResourceType(type: string, { responses, send }: CustomResourcePorts): ResourceType {
  const parse = (properties: JsonObject, logicalId: string) => {
    const result = propertiesSchema.safeParse(properties);
    if (!result.success) throw propertyError(type, logicalId, problemsOf(result.error));
    return result.data;
  };

  async function ask(change: Change, context: ResourceContext): Promise<CustomResponse> {
    const { ServiceToken, ServiceTimeout } = parse(change.properties, context.logicalId);
    checkServiceToken(ServiceToken, context.region);
    const request = customRequest({ ...change, ServiceToken, ResourceType: type }, context);
    const sendTo = (ResponseURL: string) =>
      send({ ...request, ResponseURL }).catch((error: unknown) => {
        throw new RequestNotSent(error instanceof Error ? error.message : String(error));
      });
    const body = await responses.receive(sendTo, {
      work: {
        kind: 'stack',
        name: context.stackName,
        reason: `${context.logicalId} waits for a response of ${ServiceToken}`,
      },
      timeoutMs: ServiceTimeout * 1000,
      onTimeout: `CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [${request.RequestId}]. If you are using the Python cfn-response module, you may need to update your Lambda function code so that CloudFormation can attach the updated version.`,
      signal: context.signal,
      onAbort: `Resource ${change.RequestType === 'Create' ? 'creation' : 'update'} cancelled`,
    });
    const response = readCustomResponse(body, request);
    if (response.status === 'SUCCESS') return response;
    throw new ProviderFailure(response, request.RequestId);
  }

  return {
    type,
    isCustom: true,
    properties() {
      const { supported, inert } = listProperties(propertiesSchema);
      return { supported: [...supported, 'any others'], inert };
    },
    validate(properties, logicalId) {
      parse(properties, logicalId);
      // The Serverless Framework attaches functions to pools that exist by a provider of its own.
      if (type === 'Custom::CognitoUserPool' && properties.UserPoolConfigs !== undefined) {
        const message = 'user pools have no Lambda triggers here';
        throw propertyError(type, logicalId, [{ path: ['UserPoolConfigs'], message, unknown: false }]);
      }
      if (!JSON.stringify(properties).includes('{{resolve:secretsmanager:')) return;
      // As on AWS: the values would be in the log of the function.
      throw new Error('custom resources do not support dynamic references to Secrets Manager');
    },
    needsReplacement: () => false,
    updateRefusal: (previous, next) =>
      previous.ServiceToken === next.ServiceToken ? undefined : 'Modifying service token is not allowed.',
    async create(properties, context) {
      try {
        return stateOf(await ask({ RequestType: 'Create', properties }, context));
      } catch (error) {
        if (error instanceof RequestNotSent) throw new CreationFailed(error.message, '');
        if (!(error instanceof ProviderFailure)) throw error;
        if (error.physicalId === undefined) throw new Error(missingId);
        throw new CreationFailed(error.message, error.physicalId);
      }
    },
    async update(properties, { properties: oldProperties, state }, context) {
      const { physicalId: PhysicalResourceId } = state;
      return stateOf(await ask({ RequestType: 'Update', PhysicalResourceId, properties, oldProperties }, context));
    },
    async delete({ physicalId }, properties, context) {
      await ask({ RequestType: 'Delete', PhysicalResourceId: physicalId, properties }, context);
    },
    initialId: (context) => generatedName(context, 255),
  };
}

const missingId = 'Invalid PhysicalResourceId';

/** The request did not reach the provider, so there is nothing that the provider has to delete. */
class RequestNotSent extends Error {}

class ProviderFailure extends Error {
  readonly physicalId: string | undefined;

  constructor({ reason, physicalId }: CustomResponse, requestId: string) {
    super(
      `Received response status [FAILED] from custom resource. Message returned: ${reason} (RequestId: ${requestId})`,
    );
    this.physicalId = physicalId;
  }
}

function stateOf({ physicalId, attributes, isSecret }: CustomResponse): ResourceState {
  if (physicalId === undefined) throw new Error(missingId);
  return { physicalId, attributes, ...(isSecret && { isSecret }) };
}

function checkServiceToken(serviceToken: string, region: string): void {
  const target = parseArn(serviceToken);
  if (target?.region === region && (target.service === 'lambda' || target.service === 'sns')) return;
  throw new RequestNotSent(
    `Invalid service token: ${serviceToken} is not the ARN of a function or topic in ${region}.`,
  );
}
