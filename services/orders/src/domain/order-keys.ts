/** The key of the user who orders, and the partition of the orders. */
export function customerKey(username: string) {
  const key = `CUSTOMER#${username.toLowerCase()}`;
  return { PK: key, SK: key };
}

/** Identifies a request by its `Idempotency-Key` and its user, since two users may send the same key. */
export function requestKey(username: string, idempotencyKey: string): string {
  return `${username.toLowerCase()}#${idempotencyKey}`;
}

/** `#` sorts before `C`: in descending order a partition begins with its user, then comes the newest order. */
export function orderKey(username: string, orderId: string) {
  return { PK: customerKey(username).PK, SK: `#ORDER#${orderId}` };
}
