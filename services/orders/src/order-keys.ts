/** The key of the user who orders, and the partition of the orders. */
export function customerKey(username: string) {
  const key = `CUSTOMER#${username.toLowerCase()}`;
  return { PK: key, SK: key };
}

/** An `Idempotency-Key` is its user's own: others may make up the same. */
export function requestKey(username: string, idempotencyKey: string): string {
  return `${username.toLowerCase()}#${idempotencyKey}`;
}

/** `#` sorts before `C`: read backwards, a partition begins with its user and goes on with the newest order. */
export function orderKey(username: string, orderId: string) {
  return { PK: customerKey(username).PK, SK: `#ORDER#${orderId}` };
}
