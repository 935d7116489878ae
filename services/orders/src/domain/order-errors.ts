import { AppError } from '#shared/errors/app-error.ts';

export function orderNotFound(): AppError {
  return new AppError('NOT_FOUND', 'There is no such order.');
}

export function userNotFound(): AppError {
  return new AppError('NOT_FOUND', 'There is no such user.');
}
