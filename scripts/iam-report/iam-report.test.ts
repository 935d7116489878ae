import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parseExceptions } from './exceptions.ts';
import { findExcess } from './find-excess.ts';
import { type GrantUsage, parseGrantUsage } from './grant-usage.ts';
import { renderFindings, renderUsage } from './render-report.ts';

const usage: GrantUsage = {
  isEnforced: true,
  roles: [
    {
      role: 'tasks-local-getTask',
      grants: [
        {
          policy: 'own',
          actions: [
            { text: 'dynamodb:GetItem', uses: 12 },
            { text: 'dynamodb:PutItem', uses: 0 },
          ],
          resources: [{ text: 'arn:aws:dynamodb:us-east-1:000000000000:table/tasks', uses: 12 }],
        },
        {
          policy: 'own',
          actions: [{ text: 'xray:Put*', uses: 1 }],
          resources: [{ text: '*', uses: 1 }],
        },
      ],
      denied: [{ action: 'sqs:SendMessage', resource: 'arn:aws:sqs:us-east-1:000000000000:jobs', count: 2 }],
    },
  ],
};

describe('the report on permissions', () => {
  it('finds what was never used and what is a wildcard', () => {
    assert.equal(
      renderFindings(findExcess(usage, [])),
      [
        'tasks-local-getTask: action dynamodb:PutItem was never used',
        'tasks-local-getTask: action xray:Put* is a wildcard',
        'tasks-local-getTask: resource * is a wildcard',
      ].join('\n'),
    );
  });

  it('leaves out what has a reason, and tells of reasons for nothing', () => {
    const exceptions = parseExceptions(`
      - { role: 'tasks-*', grant: 'xray:Put*', reason: X-Ray cannot be narrowed }
      - { role: 'tasks-*', grant: 'dynamodb:Put*', reason: Nobody has written that test }
      - { role: 'planner-*', grant: '*', reason: The planner is gone by now }`);
    assert.equal(
      renderFindings(findExcess(usage, exceptions)),
      [
        'tasks-local-getTask: resource * is a wildcard',
        'The exception for * of planner-* covers nothing: remove it',
      ].join('\n'),
    );
  });

  it('shows every grant with its count, and what was refused', () => {
    const lines = renderUsage(usage).split('\n');
    assert.deepEqual(lines.slice(0, 3), [
      'tasks-local-getTask',
      '      12  dynamodb:GetItem',
      '   never  dynamodb:PutItem',
    ]);
    assert.match(lines.at(-1) ?? '', /2 {2}DENIED sqs:SendMessage on arn:.*:jobs$/);
  });

  it('takes no report of an endpoint that enforces nothing', () => {
    assert.throws(() => parseGrantUsage(JSON.stringify({ ...usage, isEnforced: false })), /--no-iam/);
  });

  it('asks for a reason that says something', () => {
    assert.throws(() => parseExceptions('- { role: a, grant: b, reason: because }'), /reason/);
  });

  it('can read the reasons of this project', () => {
    assert.ok(parseExceptions(readFileSync('test/iam-exceptions.yml', 'utf8')).length > 0);
  });
});
