import { expect, test } from '@jest/globals';
import type { Service } from '#tools/dev/project.ts';
import { showReferences, withoutOrder } from './own-order.ts';

function service(name: string, needs: readonly string[], settings: Service['settings'] = {}): Service {
  const params = Object.fromEntries(needs.map((needed) => [`${needed}Arn`, `a-\${${needed}.Arn}-\${env:HOME}`]));
  return { name, path: `services/${name}`, params, needs, settings };
}

test('osls-compose sees no order of services, and each has the names of those that it waits for', () => {
  const services = [service('a', []), service('b', ['a'], { dependsOn: ['a'], config: 'b.yml' })];
  const [first, second] = withoutOrder(services);
  expect(first).toStrictEqual({ ...services[0], settings: { needs: [] } });
  expect(second?.settings).toStrictEqual({ config: 'b.yml', needs: ['a'] });
  expect(second?.params.aArn).toMatch(/^a-[^$]*-\$\{env:HOME\}$/);
  expect(showReferences(second?.params ?? {})).toStrictEqual(services[1]?.params);
});

test.each([
  ['services that need each other', [service('a', ['b']), service('b', ['a'])]],
  ['a service that is not there', [service('a', [], { dependsOn: ['missing'] })]],
  ['an unknown setting', [service('a', []), service('b', ['a'], { cachePattern: ['x'] })]],
])('what osls-compose refuses reaches it as it is: %s', (_name, services) => {
  expect(withoutOrder(services)).toBe(services);
});
