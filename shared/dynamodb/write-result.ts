/** What a repository returns for a conditional write: the item as it is now, or why the write was refused. */
export type WriteResult<Item, Reason> = { readonly item: Item } | { readonly refused: Reason };

/** The result of a write that leaves no item, or none that its caller needs. */
export const written = { item: undefined } as const;
