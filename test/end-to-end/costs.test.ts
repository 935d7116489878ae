import { expect, it } from '@jest/globals';
import { useEndpoint } from 'local-aws/testing';
import { measureOperations } from '#tools/cost/measure-operations.ts';
import { readRecord, settleBytes } from '#tools/cost/record.ts';
import { readProject } from '#tools/dev/project.ts';

const aws = useEndpoint();

it('every operation uses as many requests and bytes as tools/cost/usage.json says; npm run cost -- --measure writes it', async () => {
  const services = readProject('.').map(({ name }) => name);
  const { operations } = readRecord();
  expect(settleBytes(await measureOperations(aws, services), operations)).toStrictEqual(operations);
});
