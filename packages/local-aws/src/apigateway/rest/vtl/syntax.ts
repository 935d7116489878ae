/** The tree of a mapping template. */
export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'reference'; readonly reference: Reference }
  | { readonly kind: 'set'; readonly target: Reference; readonly value: Expression }
  | {
      readonly kind: 'if';
      readonly branches: readonly { readonly condition: Expression; readonly body: Template }[];
      readonly otherwise: Template;
    }
  | { readonly kind: 'foreach'; readonly variable: string; readonly list: Expression; readonly body: Template }
  | { readonly kind: 'define'; readonly name: string; readonly body: Template }
  | { readonly kind: 'call'; readonly macro: Macro; readonly args: readonly Expression[] }
  | { readonly kind: 'break' }
  | { readonly kind: 'stop' };
export type Template = readonly TemplateNode[];

/** Its body is filled in once it is parsed, so that a macro can call itself. */
export type Macro = { readonly name: string; readonly parameters: readonly string[]; body: Template };

export type Reference = { readonly name: string; readonly steps: readonly Step[] };
export type Step =
  | { readonly kind: 'property'; readonly name: string }
  | { readonly kind: 'index'; readonly key: Expression }
  | { readonly kind: 'method'; readonly name: string; readonly args: readonly Expression[] };

export type BinaryOperator = '||' | '&&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%';

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'interpolated'; readonly template: Template }
  | { readonly kind: 'reference'; readonly reference: Reference }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'range'; readonly from: Expression; readonly to: Expression }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [key: Expression, value: Expression])[] }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'negate'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    };
