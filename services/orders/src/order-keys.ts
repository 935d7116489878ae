/** The key of the user who orders, and the partition of the orders. */
export function customerKey(username: string) {
  const key = `CUSTOMER#${username.toLowerCase()}`;
  return { PK: key, SK: key };
}

/** `#` sorts before `C`: read backwards, a partition begins with its user and goes on with the newest order. */
export function orderKey(username: string, orderId: string) {
  return { PK: customerKey(username).PK, SK: `#ORDER#${orderId}` };
}
