import { AppError } from '#shared/errors/app-error.ts';
import type { NewUser, User } from './user.ts';
import type { Taken, UserRepository } from './user-repository.ts';

const messages: Readonly<Record<Taken, string>> = {
  username: 'The username is taken.',
  email: 'The e-mail address is taken.',
};

/** Adds a user. @throws AppError CONFLICT that says which of username and e-mail address is taken */
export async function addUser(
  users: Pick<UserRepository, 'add'>,
  { username, email, name, userType }: NewUser,
  now: Date,
): Promise<User> {
  const added: User = {
    Username: username,
    Name: name,
    Email: email,
    UserType: userType,
    CreatedAt: now.toISOString(),
  };
  const taken = await users.add(added);
  if (taken.length > 0) throw takenError(taken);
  return added;
}

export function takenError(taken: readonly Taken[]): AppError {
  return new AppError('CONFLICT', taken.map((field) => messages[field]).join(' '), {
    details: taken.map((field) => ({ path: `body.${field}`, message: 'is taken' })),
  });
}
