import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, test } from '@jest/globals';
import { loadContract } from '#test/support/openapi-contract.ts';
import { costDocuments } from '#tools/cost/documents.ts';
import { defaultMemory } from '#tools/cost/estimate.ts';
import { serviceOf } from '#tools/cost/operations.ts';
import { readPriceList } from '#tools/cost/price-list.ts';
import { readRecord } from '#tools/cost/record.ts';
import { replaceParts } from '#tools/generated/replace-parts.ts';

const root = join(import.meta.dirname, '..');
const record = readRecord();
const basis = { record, priceList: readPriceList(), memoryMb: defaultMemory(root) };

it.each(costDocuments(basis))('$file has the costs that were counted, at the prices of now', ({ file, parts }) => {
  const document = readFileSync(join(root, file), 'utf8');
  expect(document).toBe(replaceParts(document, parts));
});

test('Every operation of an API has its costs, if one of its service has them', () => {
  const counted = new Set(record.operations.map(({ name }) => serviceOf(name)));
  const operations = [...counted]
    .filter((service) => existsSync(join(root, 'openapi', `${service}.yml`)))
    .flatMap((service) => {
      const { operations } = loadContract(`${service}.yml`);
      return operations
        .filter(({ method }) => method !== 'OPTIONS')
        .map(({ operationId }) => `${service}.${operationId}`);
    });
  expect(operations.length).toBeGreaterThan(0);
  expect(record.operations.map(({ name }) => name)).toStrictEqual(expect.arrayContaining(operations));
});
