import * as z from 'zod';
import type { QueryAction } from '../core/query-protocol.ts';
import { parseRequest } from '../core/query-request.ts';
import { page } from './page.ts';
import {
  eventOutput,
  resourceDetail,
  resourceOutput,
  resourceSummary,
  stackOutput,
  stackSummary,
} from './render-stack.ts';
import { fields, stackNameField } from './request.ts';
import { resourceOf, type Stack } from './stack-record.ts';
import type { StackRequests } from './stack-requests.ts';
import { isDeleted } from './stack-store.ts';
import { templateError } from './template-error.ts';

const stackSchema = z.object({ StackName: stackNameField, NextToken: z.string().optional() });
const optionalStackSchema = z.object({ StackName: stackNameField.optional(), NextToken: z.string().optional() });
const resourceSchema = z.object({ StackName: stackNameField, LogicalResourceId: fields.text });
const resourcesSchema = z.object({
  StackName: stackNameField.optional(),
  LogicalResourceId: fields.text.optional(),
  PhysicalResourceId: fields.text.optional(),
});
const listStacksSchema = z.object({ StackStatusFilter: fields.list(fields.text), NextToken: z.string().optional() });

/** Everything that only looks. */
export function describeActions(requests: StackRequests): Record<string, QueryAction> {
  const { store } = requests;
  const described = (stack: Stack) => stackOutput(stack, requests.localAddresses);
  return {
    DescribeStacks(input, { region }) {
      const { StackName, NextToken } = parseRequest(optionalStackSchema, input);
      if (StackName !== undefined) return { Stacks: [described(requests.requireStack(region, StackName))] };
      const live = store.all(region).filter((stack) => !isDeleted(stack));
      const { items, next } = page(live.toReversed(), NextToken);
      return { Stacks: items.map(described), NextToken: next };
    },

    ListStacks(input, { region }) {
      const { StackStatusFilter, NextToken } = parseRequest(listStacksSchema, input);
      const wanted = store
        .all(region)
        .filter(({ status }) => StackStatusFilter.length === 0 || StackStatusFilter.includes(status));
      const { items, next } = page(wanted.toReversed(), NextToken);
      return { StackSummaries: items.map(stackSummary), NextToken: next };
    },

    DescribeStackEvents(input, { region }) {
      const { StackName, NextToken } = parseRequest(stackSchema, input);
      const stack = requests.requireStack(region, StackName, 'bracketed');
      // The CLI reads the first page only and looks there for the beginning of the running operation.
      const { items, next } = page(stack.events.toReversed(), NextToken, 1000);
      return { StackEvents: items.map((event) => eventOutput(stack, event)), NextToken: next };
    },

    DescribeStackResource(input, { region }) {
      const { StackName, LogicalResourceId } = parseRequest(resourceSchema, input);
      const stack = requests.requireStack(region, StackName, 'quoted');
      const resource = resourceOf(stack, LogicalResourceId);
      if (resource === undefined) {
        throw templateError(`Resource ${LogicalResourceId} does not exist for stack ${stack.name}`);
      }
      return { StackResourceDetail: resourceDetail(stack, resource) };
    },

    DescribeStackResources(input, { region }) {
      const { StackName, LogicalResourceId, PhysicalResourceId } = parseRequest(resourcesSchema, input);
      if (StackName === undefined && PhysicalResourceId === undefined) {
        throw templateError('Either StackName or PhysicalResourceId must be specified');
      }
      if (StackName !== undefined && PhysicalResourceId !== undefined) {
        throw templateError('StackName and PhysicalResourceId cannot be specified together');
      }
      const stack =
        StackName === undefined
          ? store
              .all(region)
              .find(({ resources }) => resources.some(({ physicalId }) => physicalId === PhysicalResourceId))
          : requests.requireStack(region, StackName);
      if (stack === undefined) throw templateError(`Stack for ${PhysicalResourceId} does not exist`);
      return {
        StackResources: stack.resources
          .filter(({ logicalId }) => LogicalResourceId === undefined || logicalId === LogicalResourceId)
          .map((resource) => resourceOutput(stack, resource)),
      };
    },

    ListStackResources(input, { region }) {
      const { StackName, NextToken } = parseRequest(stackSchema, input);
      const { items, next } = page(requests.requireStack(region, StackName).resources, NextToken);
      return { StackResourceSummaries: items.map(resourceSummary), NextToken: next };
    },

    ListExports(input, { region }) {
      const { NextToken } = parseRequest(z.object({ NextToken: z.string().optional() }), input);
      const { items, next } = page(store.exports(region), NextToken);
      return {
        Exports: items.map(({ stack, name, output }) => ({
          ExportingStackId: stack.id,
          Name: name,
          Value: requests.localAddresses(output.value),
        })),
        NextToken: next,
      };
    },

    ListImports(input, { region }) {
      const { ExportName, NextToken } = parseRequest(
        z.object({ ExportName: fields.text, NextToken: z.string().optional() }),
        input,
      );
      const importers = store.importersOf(region, ExportName);
      if (importers.length === 0) throw templateError(`Export '${ExportName}' is not imported by any stack.`);
      const { items, next } = page(importers, NextToken);
      return { Imports: items.map(({ name }) => name), NextToken: next };
    },
  };
}
