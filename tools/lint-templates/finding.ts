/** A fault of a template. */
export type Finding = {
  /** The part of the template that it is about; the template itself when empty. */
  readonly logicalId: string;
  /** Where in that, such as `Properties.Timeout`; all of it when empty. */
  readonly path: string;
  /** Names the rule that is broken, in this project's words or by the id that cfn-lint gives it. */
  readonly rule: string;
  readonly message: string;
};
