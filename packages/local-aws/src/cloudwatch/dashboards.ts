import * as z from 'zod';
import { accountId, arn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import { isJsonObject } from '../core/json.ts';
import type { Collection, StateStore } from '../core/state-store.ts';
import { action, page, tagsSchema, wire } from './cloudwatch-input.ts';
import type { CloudWatchAction } from './cloudwatch-protocols.ts';
import { metricError } from './metric-error.ts';

const dashboardSchema = z.object({ name: z.string(), body: z.string(), modified: z.number() });
type Dashboard = z.infer<typeof dashboardSchema>;

/** Dashboards are kept and can be read back; nothing draws them. */
export class Dashboards {
  readonly #clock: Clock;
  readonly #kept: Collection<Dashboard>;
  readonly #dashboards: Map<string, Dashboard>;

  constructor(clock: Clock, state: StateStore) {
    this.#clock = clock;
    this.#kept = state.collection('cloudwatch/dashboards', dashboardSchema);
    this.#dashboards = new Map(this.#kept.entries());
  }

  /** @throws AwsError DashboardInvalidInputError when the body is not JSON with widgets */
  put(name: string, body: string): void {
    if (!/^[\w-]{1,255}$/.test(name)) {
      throw metricError.value(
        'The value for field DashboardName contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_).\n',
      );
    }
    checkBody(body);
    const dashboard = { name, body, modified: this.#clock.now() };
    this.#dashboards.set(name, dashboard);
    this.#kept.put(name, dashboard);
  }

  get(name: string): Dashboard {
    const dashboard = this.#dashboards.get(name);
    if (dashboard === undefined) throw notFound(name);
    return dashboard;
  }

  list(): Dashboard[] {
    return [...this.#dashboards.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  delete(names: readonly string[]): void {
    for (const name of names) {
      this.#dashboards.delete(name);
      this.#kept.delete(name);
    }
  }
}

const nameSchema = z.strictObject({ DashboardName: z.string() });
const putSchema = nameSchema.extend({ DashboardBody: z.string(), Tags: tagsSchema.optional() });
const listSchema = z.strictObject({ DashboardNamePrefix: z.string().optional(), NextToken: z.string().optional() });

export function dashboardActions(dashboards: Dashboards): Record<string, CloudWatchAction> {
  return {
    PutDashboard: action(putSchema, ({ DashboardName, DashboardBody }) => {
      dashboards.put(DashboardName, DashboardBody);
      return { DashboardValidationMessages: [] };
    }),

    GetDashboard: action(nameSchema, ({ DashboardName }) => {
      const { body } = dashboards.get(DashboardName);
      return { DashboardArn: dashboardArn(DashboardName), DashboardBody: body, DashboardName };
    }),

    ListDashboards: action(listSchema, ({ DashboardNamePrefix = '', NextToken }) => {
      const matching = dashboards.list().filter(({ name }) => name.startsWith(DashboardNamePrefix));
      const { items, next } = page(matching, NextToken, 1000);
      return {
        DashboardEntries: items.map(({ name, body, modified }) => ({
          DashboardName: name,
          DashboardArn: dashboardArn(name),
          LastModified: new Date(modified),
          Size: Buffer.byteLength(body),
        })),
        NextToken: next,
      };
    }),

    DeleteDashboards: action(z.strictObject({ DashboardNames: wire.list(z.string()) }), ({ DashboardNames }) => {
      for (const name of DashboardNames) dashboards.get(name);
      dashboards.delete(DashboardNames);
      return {};
    }),
  };
}

/** Dashboards belong to no region. */
function dashboardArn(name: string): string {
  return arn('cloudwatch', '', `dashboard/${name}`, accountId);
}

function checkBody(body: string): void {
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    throw invalidDashboard('/', 'The field DashboardBody must be a valid JSON object');
  }
  const widgets = isJsonObject(document) ? document.widgets : undefined;
  if (!Array.isArray(widgets)) throw invalidDashboard('/widgets', 'Should have required property widgets, an array');
  widgets.forEach((widget, index) => {
    if (!isJsonObject(widget)) throw invalidDashboard(`/widgets/${index}`, 'Should be object');
    if (typeof widget.type !== 'string') {
      throw invalidDashboard(`/widgets/${index}/type`, 'Should have required property type');
    }
    if (!isJsonObject(widget.properties)) {
      throw invalidDashboard(`/widgets/${index}/properties`, 'Should have required property properties');
    }
  });
}

function invalidDashboard(path: string, message: string): AwsError {
  return new AwsError(
    'DashboardInvalidInputError',
    `The field DashboardBody must be a valid JSON object: ${path} ${message}`,
    400,
    { dashboardValidationMessages: [{ DataPath: path, Message: message }] },
  );
}

function notFound(name: string): AwsError {
  return new AwsError('DashboardNotFoundError', `Dashboard ${name} does not exist`, 404);
}
