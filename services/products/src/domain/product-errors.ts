import { AppError } from '#shared/errors/app-error.ts';

/** Why a change of a product was refused: there is no such product, or it has another version than expected. */
export type ChangeRefusal = 'not-found' | 'changed';

export function productNotFound(): AppError {
  return new AppError('NOT_FOUND', 'There is no such product.');
}

/**
 * The error for a refused change. A missing product comes first: a precondition does not count where the answer would be
 * an error without it (RFC 9110, 13.2.1).
 */
export function refusedChange(reason: ChangeRefusal): AppError {
  switch (reason) {
    case 'not-found':
      return productNotFound();
    case 'changed':
      return new AppError('PRECONDITION_FAILED', 'The product has changed. Read it again and repeat the request.');
  }
}
