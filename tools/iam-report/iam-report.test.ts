import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseExceptions } from './exceptions.ts';
import { findExcess } from './find-excess.ts';
import { type GrantUsage, parseGrantUsage } from './grant-usage.ts';
import { renderFindings, renderUsage } from './render-report.ts';
import { readTemplateRoles } from './template-roles.ts';

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
    expect(renderFindings(findExcess(usage.roles, []))).toBe(
      [
        'tasks-local-getTask: action dynamodb:PutItem was never used',
        'tasks-local-getTask: action xray:Put* is a wildcard',
        'tasks-local-getTask: resource * is a wildcard',
      ].join('\n'),
    );
  });

  it('leaves out permissions with a reason, and names unused reasons', () => {
    const exceptions = parseExceptions(`
      - { role: 'tasks-*', action: 'xray:Put*', reason: X-Ray cannot be narrowed }
      - { role: 'tasks-*', action: 'dynamodb:Put*', reason: Nobody has written that test }
      - { role: 'tasks-*', action: 'dynamodb:*', resource: '*', reason: All tables are ours }
      - { role: 'planner-*', action: '*', reason: The planner is gone by now }`);
    expect(renderFindings(findExcess(usage.roles, exceptions))).toBe(
      [
        'tasks-local-getTask: resource * is a wildcard',
        'The exception for dynamodb:* on * of tasks-* covers nothing: remove it',
        'The exception for * of planner-* covers nothing: remove it',
      ].join('\n'),
    );
  });

  it('shows every grant with its count, and what was refused', () => {
    const lines = renderUsage(usage).split('\n');
    expect(lines.slice(0, 3)).toStrictEqual([
      'tasks-local-getTask',
      '      12  dynamodb:GetItem',
      '   never  dynamodb:PutItem',
    ]);
    expect(lines.at(-1) ?? '').toMatch(/2 {2}DENIED sqs:SendMessage on arn:.*:jobs$/);
  });

  it('takes no report of an endpoint that enforces nothing', () => {
    expect(() => parseGrantUsage(JSON.stringify({ ...usage, isEnforced: false }))).toThrow(/--no-iam/);
  });

  it('asks for a reason that says something', () => {
    expect(() => parseExceptions('- { role: a, action: b, reason: because }')).toThrow(/reason/);
    expect(() => parseExceptions('- { role: a, reason: because of that }')).toThrow(/action or a resource/);
  });

  it('can read the reasons of this project', () => {
    expect(parseExceptions(readFileSync('test/iam-exceptions.yml', 'utf8')).length).toBeGreaterThan(0);
  });
});

/** How templates and reports write what only a deploy knows. */
const known = (name: string) => `$\{${name}}`;

describe('the roles of a rendered template', () => {
  it('show their grants as the template writes them', () => {
    const withStatement = (RoleName: unknown, statement: object) => ({
      Type: 'AWS::IAM::Role',
      Properties: { RoleName, Policies: [{ PolicyName: 'own', PolicyDocument: { Statement: [statement] } }] },
    });
    const roles = readTemplateRoles({
      Resources: {
        Table: { Type: 'AWS::DynamoDB::Table', Properties: {} },
        Role: withStatement(
          { 'Fn::Join': ['-', ['tasks', { Ref: 'AWS::Region' }]] },
          {
            Effect: 'Allow',
            Action: ['dynamodb:Get*'],
            Resource: [{ 'Fn::GetAtt': ['Table', 'Arn'] }, { 'Fn::Sub': `${known('Table.Arn')}/index/*` }],
          },
        ),
        Denying: withStatement('denying', { Action: '*', Resource: '*', Effect: 'Deny' }),
      },
    });
    expect(
      roles.map(({ role, grants }) => [role, grants.flatMap(({ resources }) => resources.map(({ text }) => text))]),
    ).toStrictEqual([
      [`tasks-${known('AWS::Region')}`, [known('Table.Arn'), `${known('Table.Arn')}/index/*`]],
      ['denying', []],
    ]);
    expect(findExcess(roles, []).excess.map(({ text, problem }) => [text, problem])).toStrictEqual([
      ['dynamodb:Get*', 'wildcard'],
      [`${known('Table.Arn')}/index/*`, 'wildcard'],
    ]);
  });
});
