import { AppError } from '#shared/errors/app-error.ts';

/** An attribute of a user that is unique among all users. */
export type UniqueField = 'username' | 'email';

const messages: Readonly<Record<UniqueField, string>> = {
  username: 'The username is taken.',
  email: 'The e-mail address is taken.',
};

/** The error for unique attributes that other users have. */
export function fieldsTaken(fields: readonly UniqueField[]): AppError {
  return new AppError('CONFLICT', fields.map((field) => messages[field]).join(' '), {
    details: fields.map((field) => ({ path: `body.${field}`, message: 'is taken' })),
  });
}

export function userNotFound(): AppError {
  return new AppError('NOT_FOUND', 'There is no such user.');
}
