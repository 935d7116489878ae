import type { WriteResult } from '#shared/dynamodb/write-result.ts';
import type { NewUser, User } from './user.ts';
import { fieldsTaken, type UniqueField } from './user-errors.ts';

type Users = { add(user: User): Promise<WriteResult<User, readonly UniqueField[]>> };

/** Adds a user. @throws AppError CONFLICT that names the taken ones of username and e-mail address */
export async function registerUser(
  users: Users,
  { username, email, name, userType }: NewUser,
  now: Date,
): Promise<User> {
  const result = await users.add({
    Username: username,
    Name: name,
    Email: email,
    UserType: userType,
    CreatedAt: now.toISOString(),
  });
  if ('refused' in result) throw fieldsTaken(result.refused);
  return result.item;
}
