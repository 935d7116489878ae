/** Calls `build` at the first use and keeps what it returns for the life of the process. A failure is not kept. */
export function once<T>(build: () => T): () => T {
  let built: { readonly value: T } | undefined;
  return () => {
    built ??= { value: build() };
    return built.value;
  };
}
