import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../../core/aws-error.ts';
import { type RestRoute, restBody } from '../../core/rest-protocol.ts';
import { page, parse, patchesOf, replaceMembers } from './control-input.ts';
import type { Deployments } from './deployments.ts';
import { patchStage } from './patch-stage.ts';
import { own, type RestApiStore } from './rest-api-store.ts';
import { deploymentView, stageView } from './views.ts';

type Ports = { readonly store: RestApiStore; readonly deployments: Deployments };

const texts = z.record(z.string(), z.string());
const noCache = z.literal(false, 'API caches are not supported').optional();
const canarySchema = z.object({
  deploymentId: z.string().optional(),
  percentTraffic: z.number().optional(),
  stageVariableOverrides: texts.optional(),
  useStageCache: z.boolean().optional(),
});
const deploymentSchema = z.object({
  description: z.string().optional(),
  stageName: z.string().optional(),
  stageDescription: z.string().optional(),
  variables: texts.optional(),
  tracingEnabled: z.boolean().optional(),
  cacheClusterEnabled: noCache,
  canarySettings: canarySchema.omit({ deploymentId: true }).optional(),
});
const stageSchema = z.object({
  stageName: z.string(),
  deploymentId: z.string(),
  description: z.string().optional(),
  documentationVersion: z.string().optional(),
  variables: texts.optional(),
  tracingEnabled: z.boolean().optional(),
  cacheClusterEnabled: noCache,
  canarySettings: canarySchema.optional(),
  tags: texts.optional(),
});

/** Calls about stages and deployments. */
export function stageRoutes({ store, deployments }: Ports): RestRoute[] {
  const path = '/restapis/{apiId}/stages';
  return [
    {
      method: 'GET',
      path,
      handle: ({ query }, { apiId = '' }) => {
        const wanted = query.get('deploymentId');
        const stages = Object.values(store.api(apiId).stages);
        return {
          body: {
            item: stages.filter(({ deploymentId }) => wanted === null || deploymentId === wanted).map(stageView),
          },
        };
      },
    },
    {
      method: 'POST',
      path,
      handle: (request, { apiId = '' }) => {
        const { stageName, deploymentId, canarySettings, ...settings } = parse(stageSchema, restBody(request));
        if (own(store.api(apiId).stages, stageName) !== undefined) {
          throw new AwsError('ConflictException', 'Stage already exists', 409);
        }
        const stage = deployments.putStage(apiId, stageName, deploymentId, { ...settings, canary: canarySettings });
        return { status: 201, body: stageView(stage) };
      },
    },
    {
      method: 'GET',
      path: `${path}/{stageName}`,
      handle: (_request, { apiId = '', stageName = '' }) => ({ body: stageView(store.stage(apiId, stageName)) }),
    },
    {
      method: 'PATCH',
      path: `${path}/{stageName}`,
      handle: (request, { apiId = '', stageName = '' }) => {
        const operations = patchesOf(request, 'updateStage');
        const stage = store.stage(apiId, stageName);
        const { deploymentId, ...settings } = patchStage(stage, operations);
        return { body: stageView(deployments.replaceSettings(apiId, stageName, deploymentId, settings)) };
      },
    },
    {
      method: 'DELETE',
      path: `${path}/{stageName}`,
      handle: (_request, { apiId = '', stageName = '' }) => {
        deployments.removeStage(apiId, store.stage(apiId, stageName).stageName);
        return { status: 202 };
      },
    },
    { method: 'DELETE', path: `${path}/{stageName}/cache/data`, handle: () => ({ status: 202 }) },
    ...deploymentRoutes({ store, deployments }),
  ];
}

function deploymentRoutes({ store, deployments }: Ports): RestRoute[] {
  const path = '/restapis/{apiId}/deployments';
  return [
    {
      method: 'GET',
      path,
      handle: ({ query }, { apiId = '' }) =>
        page(Object.values(store.api(apiId).deployments).map(deploymentView), query),
    },
    {
      method: 'POST',
      path,
      handle: (request, { apiId = '' }) => {
        const input = parse(deploymentSchema, restBody(request));
        const { description, stageName, stageDescription, variables, tracingEnabled, canarySettings } = input;
        if (canarySettings !== undefined) deployments.checkStageOfCanary(apiId, stageName);
        const deployment = deployments.deploy(apiId, randomBytes(3).toString('hex'), description);
        if (canarySettings !== undefined) deployments.putCanary(apiId, stageName, deployment.id, canarySettings);
        else if (stageName !== undefined) {
          const settings = { description: stageDescription, variables, tracingEnabled };
          deployments.putStage(apiId, stageName, deployment.id, settings);
        }
        return { status: 201, body: deploymentView(deployment) };
      },
    },
    {
      method: 'GET',
      path: `${path}/{deploymentId}`,
      handle: (_request, { apiId = '', deploymentId = '' }) => ({
        body: deploymentView(store.deployment(apiId, deploymentId)),
      }),
    },
    {
      method: 'PATCH',
      path: `${path}/{deploymentId}`,
      handle: (request, { apiId = '', deploymentId = '' }) => {
        const deployment = store.deployment(apiId, deploymentId);
        replaceMembers(patchesOf(request, 'updateDeployment'), {
          '/description': (value) => {
            deployment.description = value;
          },
        });
        store.changed();
        return { body: deploymentView(deployment) };
      },
    },
    {
      method: 'DELETE',
      path: `${path}/{deploymentId}`,
      handle: (_request, { apiId = '', deploymentId = '' }) => {
        deployments.remove(apiId, store.deployment(apiId, deploymentId).id);
        return { status: 202 };
      },
    },
  ];
}
