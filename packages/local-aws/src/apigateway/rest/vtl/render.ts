import { spend, withBudget } from './budget.ts';
import { callMethod, isEqual, itemsOf, numberOf, readIndex, readProperty } from './java-methods.ts';
import type { BinaryOperator, Expression, Reference, Step, Template, TemplateNode } from './syntax.ts';
import { toText } from './text.ts';
import {
  isMap,
  isMissing,
  javaList,
  putMember,
  VtlError,
  type VtlMap,
  VtlObject,
  type VtlValue,
  WholeDouble,
} from './value.ts';

/** API Gateway's quota of iterations of one #foreach. */
const maxIterations = 1000;
const maxMacroDepth = 20;

/** Renders a parsed template. What it #sets goes into `variables`. @throws VtlError */
export function renderTemplate(template: Template, variables: VtlMap): string {
  return withBudget(() => {
    const renderer = new Renderer(variables);
    renderer.render(template);
    return renderer.output;
  });
}

class Renderer {
  output = '';
  readonly #variables: VtlMap;
  #isStopped = false;
  #isBroken = false;
  #depth = 0;

  constructor(variables: VtlMap) {
    this.#variables = variables;
  }

  render(template: Template): void {
    for (const node of template) {
      if (this.#isStopped || this.#isBroken) return;
      this.#node(node);
    }
  }

  #node(node: TemplateNode): void {
    spend(1);
    switch (node.kind) {
      case 'text':
        this.#print(node.text);
        return;
      case 'reference':
        this.#print(toText(this.#read(node.reference)));
        return;
      case 'set':
        this.#assign(node.target, this.#evaluate(node.value));
        return;
      case 'if': {
        const chosen = node.branches.find(({ condition }) => isTrue(this.#evaluate(condition)));
        this.render(chosen?.body ?? node.otherwise);
        return;
      }
      case 'foreach':
        this.#foreach(node.variable, itemsOf(this.#evaluate(node.list)).slice(0, maxIterations), node.body);
        return;
      case 'define':
        this.#variables[node.name] = new VtlObject({}, { [definition]: () => this.#capture(node.body) });
        return;
      case 'call':
        this.#nested(() => {
          const values = node.args.map((argument) => this.#evaluate(argument));
          this.#with(Object.fromEntries(node.macro.parameters.map((name, index) => [name, values[index]])), () =>
            this.render(node.macro.body),
          );
        });
        return;
      case 'break':
        this.#isBroken = true;
        return;
      case 'stop':
        this.#isStopped = true;
    }
  }

  #print(text: string): void {
    spend(0, text.length);
    this.output += text;
  }

  #foreach(variable: string, items: readonly VtlValue[], body: Template): void {
    const parent = this.#variables.foreach;
    this.#with(
      { [variable]: undefined, foreach: undefined, velocityCount: undefined, velocityHasNext: undefined },
      () => {
        for (const [index, item] of items.entries()) {
          const hasNext = index < items.length - 1;
          this.#variables[variable] = item;
          this.#variables.velocityCount = index + 1;
          this.#variables.velocityHasNext = hasNext;
          const state = { index, count: index + 1, hasNext, first: index === 0, last: !hasNext, parent };
          this.#variables.foreach = new VtlObject(state, {});
          this.render(body);
          if (this.#isStopped || this.#isBroken) break;
        }
      },
    );
    this.#isBroken = false;
  }

  /** Runs with some variables hidden by others, which come back afterwards. */
  #with(locals: VtlMap, run: () => void): void {
    const hidden = Object.keys(locals).map((name): [string, VtlValue] => [name, this.#variables[name]]);
    Object.assign(this.#variables, locals);
    run();
    for (const [name, value] of hidden) this.#variables[name] = value;
  }

  #capture(template: Template): string {
    const outer = this.output;
    this.output = '';
    this.#nested(() => this.render(template));
    const captured = this.output;
    this.output = outer;
    return captured;
  }

  #nested(run: () => void): void {
    if (this.#depth >= maxMacroDepth) throw new VtlError(`more than ${maxMacroDepth} nested macro calls`);
    this.#depth++;
    run();
    this.#depth--;
  }

  #read(reference: Reference): VtlValue {
    const value = Object.hasOwn(this.#variables, reference.name) ? this.#variables[reference.name] : undefined;
    const base = value instanceof VtlObject ? (value.methods[definition]?.([]) ?? value) : value;
    return this.#walk(base, reference.steps);
  }

  #walk(base: VtlValue, steps: readonly Step[]): VtlValue {
    let value = base;
    for (const step of steps) value = this.#step(value, step);
    return value;
  }

  #step(value: VtlValue, step: Step): VtlValue {
    spend(1);
    switch (step.kind) {
      case 'property':
        return readProperty(value, step.name);
      case 'index':
        return readIndex(value, this.#evaluate(step.key));
      case 'method':
        return callMethod(
          value,
          step.name,
          step.args.map((argument) => this.#evaluate(argument)),
        );
    }
  }

  #assign({ name, steps }: Reference, value: VtlValue): void {
    const last = steps.at(-1);
    if (last === undefined) {
      this.#variables[name] = value;
      return;
    }
    const owner = this.#read({ name, steps: steps.slice(0, -1) });
    if (last.kind === 'method') throw new VtlError(`#set cannot assign to ${last.name}()`);
    const key = last.kind === 'property' ? last.name : this.#evaluate(last.key);
    if (isMap(owner)) putMember(owner, toText(key), value);
    else if (Array.isArray(owner)) callMethod(owner, 'set', [key, value]);
  }

  #evaluate(expression: Expression): VtlValue {
    spend(1);
    switch (expression.kind) {
      case 'literal':
        return expression.value;
      case 'double':
        return Number.isInteger(expression.value) ? new WholeDouble(expression.value) : expression.value;
      case 'interpolated':
        return this.#capture(expression.template);
      case 'reference':
        return this.#read(expression.reference);
      case 'list':
        return javaList(expression.items.map((item) => this.#evaluate(item)));
      case 'range':
        return range(numberOf(this.#evaluate(expression.from)), numberOf(this.#evaluate(expression.to)));
      case 'map': {
        const map: VtlMap = {};
        for (const [key, value] of expression.entries)
          putMember(map, toText(this.#evaluate(key)), this.#evaluate(value));
        return map;
      }
      case 'not':
        return !isTrue(this.#evaluate(expression.operand));
      case 'negate':
        return arithmetic('-', 0, this.#evaluate(expression.operand));
      case 'binary':
        return this.#binary(expression.operator, expression.left, expression.right);
    }
  }

  #binary(operator: BinaryOperator, leftSide: Expression, rightSide: Expression): VtlValue {
    const left = this.#evaluate(leftSide);
    if (operator === '||') return isTrue(left) || isTrue(this.#evaluate(rightSide));
    if (operator === '&&') return isTrue(left) && isTrue(this.#evaluate(rightSide));
    const right = this.#evaluate(rightSide);
    switch (operator) {
      case '==':
        return isEqual(left, right);
      case '!=':
        return !isEqual(left, right);
      case '<':
        return order(left, right) < 0;
      case '<=':
        return order(left, right) <= 0;
      case '>':
        return order(left, right) > 0;
      case '>=':
        return order(left, right) >= 0;
      default:
        return arithmetic(operator, left, right);
    }
  }
}

/** The key under which a #define keeps its body; no template can spell it. */
const definition = '#define';

/** Velocity takes everything for true that is neither missing nor false, an empty string too. */
function isTrue(value: VtlValue): boolean {
  return !isMissing(value) && value !== false;
}

/** NaN, which no comparison holds for, when one side is no number. */
function order(left: VtlValue, right: VtlValue): number {
  return (numberOf(left) ?? Number.NaN) - (numberOf(right) ?? Number.NaN);
}

function range(from: number | undefined, to: number | undefined): VtlValue {
  if (from === undefined || to === undefined) return undefined;
  const length = Math.min(Math.abs(to - from) + 1, maxIterations);
  spend(length);
  return javaList(Array.from({ length }, (_, index) => (to >= from ? from + index : from - index)));
}

function arithmetic(operator: '+' | '-' | '*' | '/' | '%', left: VtlValue, right: VtlValue): VtlValue {
  if (operator === '+' && (typeof left === 'string' || typeof right === 'string')) {
    const sum = toText(left) + toText(right);
    spend(0, sum.length);
    return sum;
  }
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a === undefined || b === undefined) return undefined;
  const isDouble = [left, right].some(
    (side) => side instanceof WholeDouble || (typeof side === 'number' && !Number.isInteger(side)),
  );
  // Velocity yields null where Java would throw for a division by zero.
  if ((operator === '/' || operator === '%') && b === 0) return undefined;
  const result = compute(operator, a, b);
  if (!isDouble) return Math.trunc(result);
  return Number.isInteger(result) ? new WholeDouble(result) : result;
}

function compute(operator: '+' | '-' | '*' | '/' | '%', a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
  }
}
