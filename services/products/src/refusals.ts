import { AppError } from '#shared/errors/app-error.ts';
import type { Refused } from './product-repository.ts';

export function unknownProduct(): AppError {
  return new AppError('NOT_FOUND', 'There is no such product.');
}

/**
 * What to tell a client whose change was refused. That there is no such product comes first, since a precondition does
 * not count where the answer would be an error without it (RFC 9110, 13.2.1).
 */
export function refusal(reason: Refused): AppError {
  switch (reason) {
    case 'unknown':
      return unknownProduct();
    case 'changed':
      return new AppError('PRECONDITION_FAILED', 'The product has changed. Read it again and repeat the request.');
  }
}
