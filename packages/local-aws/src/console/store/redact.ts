const redacted = '[redacted]';

/** Members and headers whose values are secrets, in lower case. */
const secretNames = [
  'authorization',
  'authorizationtoken',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'cookies',
  'identitysource',
  'x-api-key',
  'x-amz-security-token',
  'x-console-token',
  'accesstoken',
  'access_token',
  'id_token',
  'refresh_token',
  'client_secret',
  'clientsecret',
  'password',
  'passwd',
  'secret',
  'secretaccesskey',
  'secret_access_key',
  'aws_secret_access_key',
  'sessiontoken',
  'session_token',
  'secretstring',
  'secretbinary',
  'randompassword',
  'plaintext',
  'aws_session_token',
];
const secretHeaders = new Set(secretNames);
const names = secretNames.join('|');

/** A member of JSON: the value is a text, a list, or a text of DynamoDB. */
const member = new RegExp(
  `"(${names})"(\\s*:\\s*)(?:"(?:[^"\\\\]|\\\\.)*"?|\\[[^\\]]*\\]?|\\{\\s*"S"[^}]*\\}?)`,
  'gis',
);
/** The same within a text of JSON, where quotes are escaped once or more. */
const escapedMember = new RegExp(
  `(\\\\+)"(${names})\\1"(\\s*:\\s*)(?:\\1"(?:(?!\\\\+").)*(?:\\1")?|\\[[^\\]]*\\]?|\\{\\s*\\1"S[^}]*\\}?)`,
  'gis',
);
/** Within a form or query. */
const encodedMember = new RegExp(
  `%22(${names})%22((?:%3A|:)(?:%20|\\+)*)(?:%22(?:(?!%22).)*(?:%22)?|%5B(?:(?!%5D).)*(?:%5D)?)`,
  'gi',
);
/** The value of a SecureString of Parameter Store, before or after its type. */
const secureValue = /("Type"\s*:\s*"SecureString"[^{}]*?"Value"\s*:\s*)"(?:[^"\\]|\\.)*"?/g;
const valueOfSecure = /("Value"\s*:\s*)"(?:[^"\\]|\\.)*"([^{}]*?"Type"\s*:\s*"SecureString")/g;
/** As `console.log` prints objects. */
const printedMember = new RegExp(`\\b(${names})(['"]?: )'(?:[^'\\\\]|\\\\.)*'`, 'gi');
const inQuery =
  /\b(X-Amz-Signature|X-Amz-Security-Token|Signature|access_token|id_token|code|token|Token)=[^&\s"'\\]+/g;
const scheme = /\b(Bearer|Basic)(\s+)[\w.~+/=-]{4,}/gi;
const jwt = /\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g;
const signature = /\b(AWS4-HMAC-SHA256\s)[^"\r\n]*/g;
/** Most payloads have nothing of the kind: one look saves five. */
const suspicious = new RegExp(`${names}|Signature|token=|code=|Bearer|Basic|eyJ|AWS4-HMAC|SecureString`, 'i');

/** Replaces credentials in a payload, whatever form it has, and in lines of logs. */
export function redact(text: string): string {
  if (!suspicious.test(text)) return text;
  return text
    .replace(member, (_, name, colon) => `"${name}"${colon}"${redacted}"`)
    .replace(escapedMember, (_, slash, name, colon) => `${slash}"${name}${slash}"${colon}${slash}"${redacted}${slash}"`)
    .replace(encodedMember, (_, name, colon) => `%22${name}%22${colon}%22${redacted}%22`)
    .replace(printedMember, `$1$2'${redacted}'`)
    .replace(secureValue, `$1"${redacted}"`)
    .replace(valueOfSecure, `$1"${redacted}"$2`)
    .replace(inQuery, `$1=${redacted}`)
    .replace(scheme, `$1$2${redacted}`)
    .replace(jwt, redacted)
    .replace(signature, `$1${redacted}`);
}

/** Names and values as they were sent. */
export function redactHeaders(
  headers: readonly (readonly [name: string, value: string])[],
): readonly (readonly [string, string])[] {
  return headers.map(([name, value]) => [name, secretHeaders.has(name.toLowerCase()) ? redacted : redact(value)]);
}
