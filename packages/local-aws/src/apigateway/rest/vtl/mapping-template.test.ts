import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BodyNotJsonError, compileMappingTemplate } from './mapping-template.ts';
import { VtlError, type VtlMap } from './value.ts';

const body = JSON.stringify({
  a: 1,
  none: null,
  text: 'x',
  list: [1, { x: 'y' }],
  map: { foo: 'bar', n: { m: null } },
  half: 2.5,
});

function render(
  template: string,
  { body: given = body, context = {} }: { body?: string; context?: VtlMap } = {},
): string {
  return compileMappingTemplate(template)({
    body: given,
    parameters: { path: { id: '7', both: 'path' }, querystring: { q: 'v', both: 'query' }, header: { 'X-Foo': 'h' } },
    context,
    stageVariables: { color: 'blue' },
  });
}

/** Each template with what it renders. */
function check(cases: readonly (readonly [template: string, output: string])[]): void {
  for (const [template, output] of cases) assert.equal(render(template), output, template);
}

test('values print as Java prints them', () => {
  check([
    ["$input.path('$.a')", '1'],
    ["$input.path('$.half')", '2.5'],
    ["$input.path('$.map')", '{foo=bar, n={m=null}}'],
    ["$input.path('$.list')", '[1,{"x":"y"}]'],
    ["#set($l = [1, 'two', [3]])$l", '[1, two, [3]]'],
    ["#set($m = {'a': 1, 'b': [2]})$m", '{a=1, b=[2]}'],
    ['#set($t = true)$t', 'true'],
  ]);
});

test('numbers keep the form that they were written in', () => {
  const numbers = '{"one":1.0,"big":12345678901234567890,"large":1e10,"small":0.00001,"n":-5}';
  for (const [path, text] of [
    ['one', '1.0'],
    ['big', '12345678901234567890'],
    ['large', '1.0E10'],
    ['small', '1.0E-5'],
    ['n', '-5'],
  ]) {
    assert.equal(render(`$input.path('$.${path}')`, { body: numbers }), text);
  }
  assert.equal(
    render("$input.json('$')", { body: '{"a":12345678901234567890,"b":1.0}' }),
    '{"a":12345678901234567890,"b":1.0}',
  );
});

test('what is missing or null prints nothing and equals both "" and null', () => {
  check([
    ['[$missing]', '[]'],
    ['[$missing.more.call("x")[0]]', '[]'],
    ["[$input.path('$.nothing')]", '[]'],
    ["[$input.path('$.none')]", '[]'],
    ["#if($input.path('$.nothing') == '')yes#end", 'yes'],
    ["#if($input.path('$.none') == $null)yes#end", 'yes'],
    ["#if($input.path('$.none'))yes#{else}no#end", 'no'],
    ["#if($input.params('nothing') != '')yes#{else}no#end", 'no'],
    ["$input.json('$.nothing')", '""'],
  ]);
});

test('$input reads body, JSON and parameters', () => {
  check([
    ['$input.body', body],
    ["$input.json('$.map')", '{"foo":"bar","n":{"m":null}}'],
    ["$input.json('$.text')", '"x"'],
    ["$input.params('id')$input.params('q')$input.params('X-Foo')$input.params('x-foo')", '7vhh'],
    ["$input.params('both')", 'path'],
    ["$input.params().querystring.get('both')", 'query'],
    ["$input.params().header['X-Foo']", 'h'],
    ['#foreach($kind in $input.params().keySet())$kind #end', 'path querystring header '],
    ['$stageVariables.color', 'blue'],
  ]);
  assert.equal(render('$input.body', { body: '' }), '{}');
  assert.equal(render("[$input.path('$.a')]", { body: '' }), '[]');
});

test('a body that is no JSON is one string, one that begins like JSON is refused', () => {
  assert.equal(render("$input.path('$').split('&').get(1)", { body: 'a=1&b=2' }), 'b=2');
  assert.throws(() => render("$input.path('$.a')", { body: '{"a":' }), BodyNotJsonError);
  assert.equal(render('$input.body', { body: '{"a":' }), '{"a":');
});

test('templates write overrides into the context', () => {
  const context: VtlMap = { responseOverride: { header: {} }, requestId: 'r' };
  render(
    '#set($context.responseOverride.status = 404)#set($context.responseOverride.header.X-A = "$context.requestId")',
    {
      context,
    },
  );
  assert.deepEqual(context.responseOverride, { header: { 'X-A': 'r' }, status: 404 });
});

test('conditions have the precedence of Velocity', () => {
  check([
    ['#if(true || true && false)yes#{else}no#end', 'yes'],
    ['#if(!$missing && 1 + 2 * 3 == 7)yes#end', 'yes'],
    ['#if($missing == "" and not false or false)yes#end', 'yes'],
    ['#if((true || true) && false)yes#elseif(2 gt 1)two#{else}no#end', 'two'],
    ["#if('' )empty is true#end", 'empty is true'],
    ["#if(1 == '1')same text#end", 'same text'],
    ['#if(1 == 1.0)same number#end', 'same number'],
    ["#if('a' > 1)yes#{else}no#end", 'no'],
  ]);
});

test('arithmetic is that of Java', () => {
  check([
    ['#set($x = 7 / 2)$x', '3'],
    ['#set($x = 7 / 2.0)$x', '3.5'],
    ['#set($x = 7 % 4 - 5)$x', '-2'],
    ['#set($x = 1 + 1.0)$x', '2.0'],
    ["#set($x = 'a' + 1)$x", 'a1'],
    ['#set($x = 1 / 0)[$x]', '[]'],
    ['#set($n = 3)#set($x = -$n)$x', '-3'],
  ]);
});

test('loops know where they are', () => {
  check([
    [
      "#foreach($i in $input.path('$.list'))$foreach.index$foreach.count$velocityCount#if($foreach.hasNext),#end#end",
      '011,122',
    ],
    ['#foreach($i in [1..3])$i#end#foreach($i in [2..1])$i#end', '12321'],
    ["#foreach($v in {'a': 1, 'b': 2})$v#end", '12'],
    ["#foreach($e in $input.path('$.map').entrySet())$e.key=$e.value;#end", 'foo=bar;n={m=null};'],
    ['#foreach($i in [1..9])#if($i == 3)#break#end$i#end!', '12!'],
    ['#foreach($i in [1, 2])#foreach($j in [1, 2])$foreach.parent.index$foreach.index #end#end', '00 01 10 11 '],
    ['#set($i = "kept")#foreach($i in [1])$i#end$i', '1kept'],
    ['#foreach($x in $missing)never#end', ''],
    ['a#stop()b', 'a'],
  ]);
  assert.equal(render('#foreach($i in [1..5000])x#end').length, 1000);
});

test('strings have the methods of Java', () => {
  check([
    ['#set($s = "Hello")$s.length() $s.toUpperCase() $s.substring(1,3) $s.indexOf("l") $s.charAt(0)', '5 HELLO el 2 H'],
    ['#set($s = "a.b.c")$s.replace(".", "-") $s.replaceAll("\\.", "+") $s.split("\\.").size()', 'a-b-c a+b+c 3'],
    ['#set($s = "John Smith")$s.replaceAll("(\\w+) (\\w+)", "$2, $1")', 'Smith, John'],
    ['#set($s = "abc")$s.matches("[a-c]+") $s.matches("b") $s.matches("(?i)ABC")', 'true false true'],
    [
      '#set($s = "abc")$s.contains("b") $s.startsWith("ab") $s.endsWith("x") $s.equals("abc") $s.isEmpty()',
      'true true false true false',
    ],
    ["#set($s = ' x ')[$s.trim()]", '[x]'],
    ["#set($s = 'a=1&b=2&&')#foreach($p in $s.split('&'))[$p]#end", '[a=1][b=2]'],
    ["#set($s = 'A')$s.equalsIgnoreCase('a') $s.compareTo('B') $s.concat('z') $s.hashCode()", 'true -1 Az 65'],
  ]);
});

test('lists and maps have the methods of Java and can be changed', () => {
  check([
    ["#set($l = [])#set($x = $l.add('a'))#set($x = $l.add('b'))$l.size()$l.get(1)$l[0]$l.contains('a')", '2batrue'],
    ["#set($m = {})#set($x = $m.put('k', 'v'))$m.get('k')$m.k$m['k']$m.containsKey('k')$m.size()", 'vvvtrue1'],
    ["#set($m = {'a': 1})#set($m.b = 2)$m.keySet() $m.values() $m.isEmpty()", '[a, b] [1, 2] false'],
    ["$input.path('$.map').foo$input.path('$.list')[1].x", 'bary'],
    ['#set($m = {})[$m.__proto__][$m.constructor]', '[][]'],
  ]);
});

test('text that only looks like a directive or a reference stays text', () => {
  check([
    ['{"price": "$5", "mail": "a@b.c #1", "tag": "#x"}', '{"price": "$5", "mail": "a@b.c #1", "tag": "#x"}'],
    ['$ ${ #', '$ ${ #'],
    ['\\$input', '$input'],
    ['## gone\nkept#* gone *#', 'kept'],
    ['#[[ $raw #if ]]#', ' $raw #if '],
    ['$input.path("$.text").', 'x.'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is Velocity
    ['${stageVariables.color}s', 'blues'],
    ['$!missing', ''],
  ]);
});

test('a directive on a line of its own leaves no line', () => {
  assert.equal(render('{\n  #set($x = 1)\n#if(true)\n  "x": $x\n#end\n}'), '{\n  "x": 1\n}');
});

test('strings in double quotes are templates, a quote in them is doubled', () => {
  check([
    ['#set($n = \'x\')#set($s = "a $n ""q"" \'r\'")$s', 'a x "q" \'r\''],
    ["#set($s = 'a $n ''q''')$s", "a $n 'q'"],
  ]);
});

test('#define and #macro work', () => {
  check([
    ['#define($d)<$x>#end#set($x = 1)$d#set($x = 2)$d', '<1><2>'],
    ['#macro(pair $a $b)$a:$b#end#pair("x" 2)', 'x:2'],
  ]);
  assert.throws(() => render('#macro(loop)#loop()#end#loop()'), VtlError);
});

test('$util encodes and decodes', () => {
  check([
    ['$util.urlEncode("a b&c=é/~*-._")', 'a+b%26c%3D%C3%A9%2F%7E*-._'],
    ['$util.urlDecode("a+b%26%C3%A9")', 'a b&é'],
    ['$util.base64Encode("é")$util.base64Decode("w6k=")', 'w6k=é'],
    ['$util.parseJson(\'{"a":{"b":2}}\').a.b', '2'],
    ['$util.escapeJavaScript("it\'s ""q"" a/b \u00e9 \u{1f600}")', 'it\\\'s \\"q\\" a\\/b \\u00E9 \\uD83D\\uDE00'],
    ['[$util.escapeJavaScript($missing)]', '[]'],
  ]);
});

test('the error for a template that cannot be rendered or parsed names the cause', () => {
  assert.throws(() => render('$input.body.frobnicate()'), /String\.frobnicate\(\) is not supported/);
  assert.throws(() => render('$util.nothing()'), /nothing/);
  assert.throws(() => compileMappingTemplate('a\n#if(true)'), /#if without #end at line 2, column 10/);
  assert.throws(() => compileMappingTemplate('#set($x = )'), /expected a value at line 1, column 11/);
  assert.throws(() => compileMappingTemplate('#end'), /#end without/);
  assert.throws(() => compileMappingTemplate("#parse('x')"), /#parse is not available/);
});

test('a template that would work or write without end fails', () => {
  const input = { body: '{}', parameters: { path: {}, querystring: {}, header: {} }, context: {}, stageVariables: {} };
  const loops = '#foreach($a in [1..1000])#foreach($b in [1..1000])#foreach($c in [1..1000])x#end#end#end';
  const cases: readonly (readonly [string, RegExp])[] = [
    [loops, /more than 1000000 steps/],
    [loops.replace('x', ''), /more than 1000000 steps/],
    [`#set($s = "0123456789")#foreach($a in [1..100])#set($s = $s + $s)#end`, /more than 20971520 characters/],
    [`#set($s = "0123456789")$s.repeat(1000000000)`, /more than 20971520 characters/],
    [`#set($d = "0123456789")#set($s = $d.repeat(100000))$s.replace("0", $s)`, /more than 20971520 characters/],
    [`#set($l = [1])#foreach($a in [1..100])#set($x = $l.addAll($l))#end`, /more than 1000000 steps/],
    [`#set($d = "a")#set($s = $d.repeat(1000000))$s.replaceAll("(a|b)*a(a|b){100}c", "")`, /too complex/],
  ];
  for (const [template, message] of cases) {
    const render = compileMappingTemplate(template);
    const before = process.cpuUsage();
    assert.throws(() => render(input), { name: 'VtlError', message }, template);
    const { user, system } = process.cpuUsage(before);
    assert(user + system < 3_000_000, `${template} worked for ${(user + system) / 1000} ms`);
  }
});

test('a template or a body that is nested too deeply fails instead of exhausting the stack', () => {
  const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
  for (const template of [
    `#set($a = ${'('.repeat(5000)}1)`,
    `#set($a = ${'['.repeat(5000)}`,
    '#if(true)'.repeat(5000),
  ]) {
    assert.throws(() => compileMappingTemplate(template), { name: 'VtlError', message: /nested more than 100 levels/ });
  }
  const input = { body: deep, parameters: { path: {}, querystring: {}, header: {} }, context: {}, stageVariables: {} };
  for (const template of ["$input.json('$')", "$input.path('$..*')", "$input.path('$')"]) {
    assert.throws(() => compileMappingTemplate(template)(input), {
      name: 'VtlError',
      message: /nested more than 1000/,
    });
  }
});
