/** A tag in the form of templates and of most APIs. */
export type Tag = { readonly Key: string; readonly Value: string };

/** Tags by key. */
export type TagMap = Readonly<Record<string, string>>;

export function tagMap(tags: readonly Tag[] = []): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
}

export function tagList(tags: TagMap): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** The tags of a resource of a stack: its own ones replace those of the stack. */
export function resourceTags(stackTags: TagMap, own: readonly Tag[] | undefined): Record<string, string> {
  return { ...stackTags, ...tagMap(own) };
}
