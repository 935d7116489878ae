/** A deployed API with its OpenAPI document. */
export type ApiDocument = {
  readonly name: string;
  readonly stack: string;
  /** The address of its stage. */
  readonly url: string;
  /** Undefined where the endpoint has none for it. */
  readonly document?: object | undefined;
};
