import type { ConsoleServices } from '../console/routes/console-routes.ts';
import { defaultRegion } from '../core/arn.ts';
import type { PerRegion } from '../core/per-region.ts';
import type { Region } from './region.ts';
import { regionOfArn } from './regional-services.ts';

/** What the console reads of the services themselves, because no action of AWS shows it. */
export function consoleSources(
  regions: PerRegion<Region>,
): Pick<ConsoleServices, 'queues' | 'emails' | 'environments' | 'consumers'> {
  return {
    queues: {
      byName: (name, region = defaultRegion) => regions.find(region)?.storage.sqs.queues.byName(name),
      byArn: (queueArn) => regionOfArn(regions, queueArn)?.storage.sqs.queues.byArn(queueArn),
    },
    emails: () => regions.all().flatMap(({ sns }) => sns.emails()),
    environments: () =>
      regions
        .all()
        .flatMap(({ region, compute }) => compute.lambda.environments().map((view) => ({ ...view, region }))),
    consumers: () => regions.all().map(({ region, compute: { mappings, pipes } }) => ({ region, mappings, pipes })),
  };
}
