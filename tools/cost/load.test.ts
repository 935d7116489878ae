import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { readLoad } from './load.ts';

const folder = mkdtempSync(join(tmpdir(), 'load-'));
afterAll(() => rmSync(folder, { recursive: true }));
const names = ['tasks.createTask', 'tasks.getTask'];
const read = (source: string) => Object.fromEntries(readLoad(source, names, 730));

function file(text: string): string {
  const path = join(folder, 'load.yml');
  writeFileSync(path, text);
  return path;
}

it('reads rates a second, a minute, an hour and a day, and numbers of a month', () => {
  for (const [rate, expected] of [
    ['2/s', 5_256_000],
    ['1/min', 43_800],
    ['1.5/h', 1095],
    ['24/d', 730],
    ['100/month', 100],
    ['1e6', 1_000_000],
  ] as const) {
    expect(read(`tasks.createTask=${rate}`)).toStrictEqual({ 'tasks.createTask': expected });
  }
});

it('reads a file in YAML or JSON', () => {
  const expected = { 'tasks.createTask': 5, 'tasks.getTask': 730 };
  expect(read(file('tasks.createTask: 5\ntasks.getTask: 1/h\n'))).toStrictEqual(expected);
  expect(read(file('{ "tasks.createTask": "5", "tasks.getTask": "1/h" }'))).toStrictEqual(expected);
});

it.each([
  ['tasks.createTask=', /rate "" of tasks\.createTask/],
  ['tasks.createTask=5/week', /rate "5\/week"/],
  ['tasks.createTask=-1', /rate "-1"/],
  ['tasks.createTask=1,tasks.createTask=2', /twice/],
  ['tasks.makeTask=5', /no operation "tasks\.makeTask"\. There are:[\s\S]*tasks\.getTask/],
  ['tasks.createTask=1=2', /not an operation with its rate/],
  ['missing-load.yml', /no file missing-load\.yml/],
])('refuses %s and says why', (source, message) => {
  expect(() => read(source)).toThrow(message);
});

it.each([
  ['a list of', '- tasks.createTask\n', /not a list of operations with their rates/],
  ['nothing in', '{}', /has no operations/],
  ['no YAML in', 'a: [', /is not YAML/],
])('refuses %s a file', (_what, text, message) => {
  expect(() => read(file(text))).toThrow(message);
});
