import { readdirSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { apiDocument } from './api-document.ts';

it('is the specification of a service with everything that it refers to', () => {
  const services = readdirSync('openapi')
    .filter((file) => file.endsWith('.yml'))
    .map((file) => file.replace('.yml', ''));
  expect(services.length).toBeGreaterThan(0);
  for (const service of services) {
    const document = apiDocument('.', `${service}-local`);
    const text = JSON.stringify(document);
    expect(text).toContain('"paths"');
    for (const [, reference] of text.matchAll(/"\$ref":"([^"]*)"/g)) expect(reference).toMatch(/^#\/components\//);
  }
});

it('is nothing for a stack without a specification', () => {
  expect(apiDocument('.', 'notifications-local')).toBeUndefined();
});
