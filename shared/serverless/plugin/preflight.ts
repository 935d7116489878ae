import type { ServiceContext } from './service-context.ts';
import { resourcesOfType, type Template, valueAt } from './template.ts';

/**
 * Lets API Gateway refuse a preflight request of a content type that its mock integration has no template for. The
 * framework's integrations pass the body on; it has no status, and a client's mistake becomes a 500.
 */
export function refuseStrangePreflights({ Resources }: Template, { note }: Pick<ServiceContext, 'note'>): void {
  for (const [id, { Properties }] of resourcesOfType(Resources, 'AWS::ApiGateway::Method')) {
    const integration = Properties?.Integration;
    if (valueAt(integration, 'Type') !== 'MOCK') continue;
    Object.assign(Object(integration), { PassthroughBehavior: 'NEVER' });
    note(`Resources.${id}`, 'PassthroughBehavior: NEVER', 'a preflight of a strange content type is no 500');
  }
}
