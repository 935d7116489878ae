import { AppError } from '#shared/errors/app-error.ts';

export function unknownUser(): AppError {
  return new AppError('NOT_FOUND', 'There is no such user.');
}
