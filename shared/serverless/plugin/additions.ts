/** What the plugin has added to a service: to which place of the configuration or of the template, and why. */
export type Addition = { readonly place: string; readonly added: string; readonly reason: string };

export type Note = (place: string, added: string, reason: string) => void;

/** The additions as text, a line each, by place. */
export function describeAdditions(additions: readonly Addition[]): string {
  return [...Map.groupBy(additions, ({ place }) => place).values()]
    .flat()
    .map(({ place, added, reason }) => `${place}: ${added} (${reason})\n`)
    .join('');
}
