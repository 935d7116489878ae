/** Begins the partition of a user and the user's orders. */
const userPrefix = 'CUSTOMER#';

/** Begins the sort key of an order; the pipe of notifications selects orders by it. */
const orderPrefix = '#ORDER#';

/** The key of a user, whose orders share its partition. */
export function userKey(username: string) {
  const key = `${userPrefix}${username.toLowerCase()}`;
  return { PK: key, SK: key };
}

/** `#` sorts before `C`: in descending order a partition begins with its user, then comes the newest order. */
export function orderKey(username: string, orderId: string) {
  return { PK: userKey(username).PK, SK: `${orderPrefix}${orderId}` };
}

/** The username, in lower case, in the partition key of a user or an order. */
export function usernameOf(partitionKey: string): string {
  return partitionKey.slice(userPrefix.length);
}
