import * as z from 'zod';
import { defineResource, property, type ResourceContext, type ResourceType } from '../../core/resource-type.ts';
import type { ApiChanges } from './change-api.ts';
import type { HttpApiStore } from './http-api-store.ts';
import { stageInputSchema } from './model.ts';
import { partIdOf } from './part-resource-types.ts';

const { string, integer, boolean } = property;

const number = z.union([z.number(), string().transform(Number).pipe(z.number())]);
const routeSettings = z
  .strictObject({
    DetailedMetricsEnabled: boolean().optional(),
    ThrottlingBurstLimit: integer().pipe(z.int().min(0)).optional(),
    ThrottlingRateLimit: number.pipe(z.number().min(0)).optional(),
  })
  .transform((given) => ({
    detailedMetricsEnabled: given.DetailedMetricsEnabled,
    throttlingBurstLimit: given.ThrottlingBurstLimit,
    throttlingRateLimit: given.ThrottlingRateLimit,
  }));

const accessLogSettings = z
  .strictObject({ DestinationArn: string(), Format: string() })
  .transform(({ DestinationArn, Format }) => ({ destinationArn: DestinationArn, format: Format }));

const stage = z.strictObject({
  ApiId: string(),
  StageName: stageInputSchema.shape.stageName,
  AutoDeploy: boolean().optional(),
  DeploymentId: string().optional(),
  Description: string().optional(),
  StageVariables: z.record(z.string(), string()).optional(),
  AccessLogSettings: accessLogSettings.optional(),
  DefaultRouteSettings: routeSettings.optional(),
  RouteSettings: z.record(z.string(), routeSettings).optional(),
  Tags: property.tagMap().optional(),
});

const deployment = z.strictObject({
  ApiId: string(),
  Description: string().optional(),
  StageName: string().optional(),
});

/** `AWS::ApiGatewayV2::Stage` and `AWS::ApiGatewayV2::Deployment`. */
export function stageResourceTypes(store: HttpApiStore, changes: ApiChanges): ResourceType[] {
  const putStage = ({ ApiId, ...given }: z.infer<typeof stage>, { tags }: ResourceContext) => {
    changes.putStage(ApiId, {
      stageName: given.StageName,
      autoDeploy: given.AutoDeploy,
      deploymentId: given.DeploymentId,
      description: given.Description,
      stageVariables: given.StageVariables,
      accessLogSettings: given.AccessLogSettings,
      defaultRouteSettings: given.DefaultRouteSettings,
      routeSettings: given.RouteSettings,
      tags: { ...tags, ...given.Tags },
    });
    return { physicalId: given.StageName, attributes: {} };
  };
  const putDeployment = (deploymentId: string, { ApiId, Description, StageName }: z.infer<typeof deployment>) => {
    changes.putDeployment(ApiId, deploymentId, Description, StageName);
    return { physicalId: deploymentId, attributes: { DeploymentId: deploymentId } };
  };
  return [
    defineResource({
      type: 'AWS::ApiGatewayV2::Stage',
      properties: stage,
      replaceOn: ['ApiId', 'StageName'],
      create: putStage,
      update: (properties, _, context) => putStage(properties, context),
      delete: ({ physicalId }, { ApiId }) => store.deletePart(ApiId, 'stages', physicalId),
    }),
    defineResource({
      type: 'AWS::ApiGatewayV2::Deployment',
      properties: deployment,
      replaceOn: ['ApiId'],
      create: (properties, context) => putDeployment(partIdOf(properties.ApiId, context), properties),
      // On AWS too an update of a deployment changes its description, not what it serves.
      update: ({ ApiId, Description }, { state }) => {
        const existing = store.getPart(ApiId, 'deployments', state.physicalId);
        store.putPart(ApiId, 'deployments', { ...existing, description: Description });
        return state;
      },
      delete: ({ physicalId }, { ApiId }) => store.deletePart(ApiId, 'deployments', physicalId),
    }),
  ];
}
