import { randomInt } from 'node:crypto';
import { AwsError } from '../core/aws-error.ts';

const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

export type PasswordOptions = {
  readonly PasswordLength?: number | undefined;
  readonly ExcludeCharacters?: string | undefined;
  readonly ExcludeLowercase?: boolean | undefined;
  readonly ExcludeNumbers?: boolean | undefined;
  readonly ExcludePunctuation?: boolean | undefined;
  readonly ExcludeUppercase?: boolean | undefined;
  readonly IncludeSpace?: boolean | undefined;
  readonly RequireEachIncludedType?: boolean | undefined;
};

/** A random password as GetRandomPassword makes it. @throws AwsError when the options leave nothing to choose from */
export function randomPassword(options: PasswordOptions): string {
  const { PasswordLength: length = 32, ExcludeCharacters = '', RequireEachIncludedType = true } = options;
  const excluded = new Set(ExcludeCharacters);
  const types = [
    options.ExcludeLowercase === true ? '' : 'abcdefghijklmnopqrstuvwxyz',
    options.ExcludeUppercase === true ? '' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    options.ExcludeNumbers === true ? '' : '0123456789',
    options.ExcludePunctuation === true ? '' : punctuation,
    options.IncludeSpace === true ? ' ' : '',
  ]
    .map((characters) => [...characters].filter((character) => !excluded.has(character)))
    .filter((characters) => characters.length > 0);
  const required = RequireEachIncludedType ? types.map(choose) : [];
  if (types.length === 0 || length < required.length) {
    throw new AwsError(
      'InvalidParameterException',
      'The password length is too short for the required types of characters.',
    );
  }
  const all = types.flat();
  const rest = Array.from({ length: length - required.length }, () => choose(all));
  return shuffle([...required, ...rest]).join('');
}

function choose(characters: readonly string[]): string {
  return characters[randomInt(characters.length)] ?? '';
}

function shuffle(characters: string[]): string[] {
  for (let last = characters.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other] ?? '', characters[last] ?? ''];
  }
  return characters;
}
