import { ExpressionParser } from './parse-expression.ts';
import type { Expression, Macro, Template, TemplateNode } from './syntax.ts';
import { VtlError } from './value.ts';

/**
 * Parses a mapping template as Velocity 1.7 does, which is what API Gateway runs.
 *
 * @throws VtlError with line and column
 */
export function parseTemplate(source: string): Template {
  if (source.length > maxTemplateLength) throw new VtlError(`a template of more than ${maxTemplateLength} characters`);
  return new TemplateParser(source, new Map(), 0).parse();
}

/** API Gateway's quota of the size of a mapping template, 300 KB. */
const maxTemplateLength = 300 * 1024;

const unsupportedDirectives = new Set(['parse', 'include', 'evaluate', 'literal']);
const restOfLine = /[ \t]*(?:\r\n|\r|\n)/y;

class TemplateParser extends ExpressionParser {
  #nodes: TemplateNode[] = [];
  #text = '';
  #lacksRawEnd = false;
  readonly #macros: Map<string, Macro>;

  constructor(source: string, macros: Map<string, Macro>, depth: number) {
    super(source, depth);
    this.#macros = macros;
  }

  parse(): Template {
    const [body, end] = this.#block([]);
    if (end !== undefined) this.fail(`unexpected #${end}`);
    return body;
  }

  protected override interpolate(text: string): Template {
    return this.nested(() => new TemplateParser(text, this.#macros, this.depth).parse());
  }

  /** Reads up to one of the directives `ends` (its name is returned, consumed) or the end of the source. */
  #block(ends: readonly string[]): [body: Template, end: string | undefined] {
    return this.nested(() => this.#readBlock(ends));
  }

  #readBlock(ends: readonly string[]): [body: Template, end: string | undefined] {
    const outer = { nodes: this.#nodes, text: this.#text };
    this.#nodes = [];
    this.#text = '';
    let end: string | undefined;
    while (end === undefined && this.position < this.source.length) end = this.#next(ends);
    this.#flush();
    const body = this.#nodes;
    this.#nodes = outer.nodes;
    this.#text = outer.text;
    return [body, end];
  }

  #next(ends: readonly string[]): string | undefined {
    const plain = this.take(/[^$#\\]+/y);
    if (plain !== undefined) {
      this.#text += plain;
      return undefined;
    }
    if (this.take(/\\(?=\$!?\{?[a-zA-Z]|#\{?[a-z]+\b)/y) !== undefined) {
      this.#text += this.take(/[$#]/y) ?? '';
      return undefined;
    }
    if (this.#comment()) return undefined;
    if (this.peek('#')) return this.#directive(ends);
    const reference = this.peek('$') ? this.reference() : undefined;
    if (reference !== undefined) this.#push({ kind: 'reference', reference });
    else this.#text += this.take(/[\s\S]/y) ?? '';
    return undefined;
  }

  #comment(): boolean {
    if (this.take(/##[^\r\n]*(?:\r\n|\r|\n)?/y) !== undefined) return true;
    if (this.take(/#\*[\s\S]*?(?:\*#|$(?![\s\S]))/y) !== undefined) return true;
    return this.#rawText();
  }

  /** `#[[ … ]]#`; without its end it is plain text, and no other beginning needs to look for the end again. */
  #rawText(): boolean {
    if (this.#lacksRawEnd || !this.peek('#[[')) return false;
    const end = this.source.indexOf(']]#', this.position + 3);
    this.#lacksRawEnd = end < 0;
    if (end < 0) return false;
    this.#text += this.source.slice(this.position + 3, end);
    this.position = end + 3;
    return true;
  }

  #directive(ends: readonly string[]): string | undefined {
    const start = this.position;
    const word = this.take(/#(?:[a-zA-Z_][\w-]*|\{[a-zA-Z_][\w-]*\})/y);
    const name = word?.replaceAll(/[#{}]/g, '') ?? '';
    switch (name) {
      case 'set':
        this.#text = withoutTrailingBlanks(this.#text);
        this.#push(this.#set());
        return undefined;
      case 'if':
        this.#push(this.#if());
        return undefined;
      case 'foreach':
        this.#push(this.#foreach());
        return undefined;
      case 'define':
        this.#push(this.#define());
        return undefined;
      case 'macro':
        this.#macro();
        return undefined;
      case 'break':
      case 'stop':
        this.#push({ kind: name });
        return undefined;
      case 'end':
      case 'else':
      case 'elseif':
        if (!ends.includes(name)) this.fail(`#${name} without its #if or #foreach`);
        if (name !== 'elseif') this.take(restOfLine);
        return name;
      default: {
        const macro = this.#macros.get(name);
        if (macro !== undefined) this.#push({ kind: 'call', macro, args: this.#macroArguments() });
        else if (unsupportedDirectives.has(name)) this.fail(`#${name} is not available in mapping templates`);
        else this.#text += word ?? this.take(/#/y) ?? '';
        if (this.position === start) this.fail('cannot read this directive');
        return undefined;
      }
    }
  }

  #set(): TemplateNode {
    this.open('#set');
    const target = this.reference() ?? this.fail('#set needs a reference such as $name');
    this.space();
    if (this.take(/=(?!=)/y) === undefined) this.fail('#set needs "="');
    const value = this.expression();
    this.#close();
    return { kind: 'set', target, value };
  }

  #if(): TemplateNode {
    const branches: { condition: Expression; body: Template }[] = [];
    let otherwise: Template = [];
    let next: string | undefined = 'elseif';
    while (next === 'elseif') {
      this.open('#if');
      const condition = this.expression();
      this.#close();
      const [body, end] = this.#block(['elseif', 'else', 'end']);
      branches.push({ condition, body });
      next = end;
    }
    if (next === 'else') [otherwise, next] = this.#block(['end']);
    if (next !== 'end') this.fail('#if without #end');
    return { kind: 'if', branches, otherwise };
  }

  #foreach(): TemplateNode {
    this.open('#foreach');
    const variable = this.#variable('#foreach');
    this.space();
    if (this.take(/in\b/y) === undefined) this.fail('#foreach needs "in"');
    const list = this.expression();
    this.#close();
    return { kind: 'foreach', variable, list, body: this.#body('#foreach') };
  }

  #define(): TemplateNode {
    this.open('#define');
    const name = this.#variable('#define');
    this.#close();
    return { kind: 'define', name, body: this.#body('#define') };
  }

  #macro(): void {
    this.open('#macro');
    this.space();
    const name = this.take(/[a-zA-Z_][\w-]*/y) ?? this.fail('#macro needs a name');
    const parameters: string[] = [];
    for (;;) {
      this.take(/[\s,]+/y);
      if (!this.peek('$')) break;
      parameters.push(this.#variable('#macro'));
    }
    this.#close();
    const macro: Macro = { name, parameters, body: [] };
    this.#macros.set(name, macro);
    macro.body = this.#body('#macro');
  }

  #macroArguments(): Expression[] {
    this.open('macro call');
    const args: Expression[] = [];
    for (;;) {
      this.take(/[\s,]+/y);
      if (this.peek(')')) break;
      args.push(this.expression());
    }
    this.#close();
    return args;
  }

  #body(directive: string): Template {
    const [body, end] = this.#block(['end']);
    if (end === undefined) this.fail(`${directive} without #end`);
    return body;
  }

  #variable(directive: string): string {
    this.space();
    const name = this.take(/\$!?(?:[a-zA-Z_][\w-]*|\{[a-zA-Z_][\w-]*\})/y);
    return name?.replaceAll(/[$!{}]/g, '') ?? this.fail(`${directive} needs a variable`);
  }

  /** The closing parenthesis of a directive takes the rest of an otherwise empty line with it. */
  #close(): void {
    this.space();
    if (this.take(/\)/y) === undefined) this.fail('expected ")"');
    this.take(restOfLine);
  }

  #push(node: TemplateNode): void {
    this.#flush();
    this.#nodes.push(node);
  }

  #flush(): void {
    if (this.#text !== '') this.#nodes.push({ kind: 'text', text: this.#text });
    this.#text = '';
  }
}

function withoutTrailingBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === ' ' || text[end - 1] === '\t')) end -= 1;
  return text.slice(0, end);
}
