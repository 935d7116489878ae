import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import * as z from 'zod';
import { readProject } from '#tools/dev/project.ts';

const folders = ['data', 'domain', 'handlers'];
const isTest = (file: string) => /\.(test|fixture)\.ts$/.test(file);
const serviceFile = z.object({
  functions: z
    .record(z.string(), z.looseObject({ environment: z.record(z.string(), z.unknown()).default({}) }))
    .default({}),
});

/** The TypeScript files of a service, relative to its `src`. */
function sourcesOf(src: string): readonly string[] {
  return readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(src, join(parentPath, name)));
}

describe('a service', () => {
  for (const { name, path } of readProject('.').filter((each) => existsSync(join(each.path, 'src')))) {
    const src = join(path, 'src');
    const sources = sourcesOf(src).filter((file) => !isTest(file));

    it(`${name} exports "service" from src/service.ts`, () => {
      const text = existsSync(join(src, 'service.ts')) ? readFileSync(join(src, 'service.ts'), 'utf8') : '';
      expect(text).toMatch(/^export const service = /m);
    });

    it(`${name} has its code in handlers, domain and data`, () => {
      const elsewhere = sources.filter((file) => file !== 'service.ts' && !folders.includes(dirname(file)));
      expect(elsewhere).toStrictEqual([]);
    });

    it(`${name} has no two files of one name`, () => {
      const files = Map.groupBy(sources, (file) => basename(file));
      expect([...files.values()].filter((same) => same.length > 1)).toStrictEqual([]);
    });

    it(`${name} names environment variables after what they hold`, () => {
      const { functions } = serviceFile.parse(
        parse(readFileSync(join(path, 'serverless.yml'), 'utf8'), { logLevel: 'silent' }),
      );
      const variables = Object.values(functions).flatMap(({ environment }) => Object.keys(environment));
      const others = variables.filter(
        (each) => !/^[A-Z][A-Z_]*_(TABLE_NAME|QUEUE_URL|FUNCTION_ARN|TOPIC_ARN|BUS_NAME)$/.test(each),
      );
      expect(others).toStrictEqual([]);
    });
  }
});
