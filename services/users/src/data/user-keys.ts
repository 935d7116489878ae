import { emailKey } from '../domain/email.ts';
import type { User } from '../domain/user.ts';

/** The key of the item that makes an address unique: DynamoDB keeps nothing but keys unique. */
export function emailItemKey(email: string) {
  const key = `CUSTOMEREMAIL#${emailKey(email)}`;
  return { PK: key, SK: key };
}

/** Holds `email` for a user. */
export function emailItem(email: string, username: string) {
  return { ...emailItemKey(email), Username: username };
}

export function typePartition(userType: User['UserType']): string {
  return `USERTYPE#${userType}`;
}

/** Where a user stands in the list of its type; ends with its name, which tells two of one millisecond apart. */
export function typePosition({ CreatedAt, Username }: Pick<User, 'CreatedAt' | 'Username'>): string {
  return `${CreatedAt}#${Username}`;
}

/** The inverse of `typePosition`. */
export function readTypePosition(position: string): Pick<User, 'CreatedAt' | 'Username'> {
  const [CreatedAt = '', Username = ''] = position.split('#');
  return { CreatedAt, Username };
}
