import { AwsError } from '../core/aws-error.ts';
import type { MessageAttribute, MessageAttributes } from '../sqs/message.ts';

/** @throws AwsError ParameterValueInvalid */
export function checkMessageAttributes(attributes: MessageAttributes): void {
  for (const [name, attribute] of Object.entries(attributes)) {
    checkName(name);
    checkValue(name, attribute);
  }
}

function checkName(name: string): void {
  if (name.length > 256) throw invalidValue('Length of message attribute name must be less than 256 bytes.');
  const odd = /[^\w.-]/u.exec(name)?.[0];
  if (odd !== undefined) {
    const code = odd.codePointAt(0)?.toString(16).toUpperCase();
    throw invalidValue(
      `Invalid non-alphanumeric character '#x${code}' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.`,
    );
  }
  if (name.startsWith('.')) throw invalidValue("Invalid message attribute name starting with character '.' was found.");
  if (name.endsWith('.')) throw invalidValue("Invalid message attribute name ending with character '.' was found.");
  if (name.includes('..')) throw invalidValue("Message attribute name can not have successive '.' character.");
}

function checkValue(name: string, { DataType, StringValue, BinaryValue }: MessageAttribute): void {
  const [, type] = /^(String|Number|Binary)(?:\..+)?$/s.exec(DataType) ?? [];
  if (type === undefined) {
    throw invalidValue(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  }
  const [field, value, other] =
    type === 'Binary' ? ['Binary', BinaryValue, StringValue] : ['String', StringValue, BinaryValue];
  if (!value && other)
    throw invalidValue(`The message attribute '${name}' with type '${type}' must use field '${field}'.`);
  if (!value) {
    throw invalidValue(
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${type}'.`,
    );
  }
  if (type === 'Number' && !Number.isFinite(Number(value))) {
    throw invalidValue(`Could not cast message attribute '${name}' value to number.`);
  }
}

function invalidValue(message: string): AwsError {
  return new AwsError('ParameterValueInvalid', message);
}
