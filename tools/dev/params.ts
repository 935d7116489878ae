export type Params = Readonly<Record<string, string>>;

/** Reads `name=value` texts, of which the last of a name counts. @throws Error on how to mend one */
export function parseParams(texts: readonly string[]): Params {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name, value] = /^([^=\s]+)=(.+)$/.exec(text) ?? [];
      if (name === undefined || value === undefined) {
        throw new Error(`--param takes name=value with a value that is not empty, not "${text}".`);
      }
      return [name, value];
    }),
  );
}
