import { AwsError } from '../../core/aws-error.ts';

const maxCompressionSize = 10_485_760;

/** @throws AwsError BadRequestException */
export function checkCompressionSize(size: number): number {
  if (size >= 0 && size <= maxCompressionSize) return size;
  throw new AwsError(
    'BadRequestException',
    `Invalid minimum compression size, must be between 0 and ${maxCompressionSize}`,
  );
}
