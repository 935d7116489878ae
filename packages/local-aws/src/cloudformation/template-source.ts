import { AwsError } from '../core/aws-error.ts';
import { templateError } from './template-error.ts';

/** An object in S3. */
type TemplateLocation = { readonly bucket: string; readonly key: string };

/** Reads a template from S3. @throws AwsError as S3 answers */
export type FetchTemplate = (location: TemplateLocation) => Promise<string>;

const maxBodyBytes = 51_200;
const maxObjectBytes = 1_000_000;
const maxUrlLength = 5120;

type Source = {
  readonly TemplateBody?: string | undefined;
  readonly TemplateURL?: string | undefined;
  readonly UsePreviousTemplate?: boolean | undefined;
};

/**
 * The text of the template that a call names.
 * @param previous the stack's present template
 * @throws AwsError ValidationError
 */
export async function templateBody(
  { TemplateBody, TemplateURL, UsePreviousTemplate }: Source,
  fetchTemplate: FetchTemplate,
  previous?: string,
): Promise<string> {
  const given = [TemplateBody, TemplateURL, UsePreviousTemplate || undefined].filter((value) => value !== undefined);
  if (given.length !== 1) {
    throw templateError('Either Template URL or Template Body must be specified.');
  }
  if (TemplateBody !== undefined) {
    const size = Buffer.byteLength(TemplateBody);
    if (size > maxBodyBytes) {
      throw templateError(
        `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${maxBodyBytes}`,
      );
    }
    return TemplateBody;
  }
  if (TemplateURL !== undefined) return fetchFrom(TemplateURL, fetchTemplate);
  if (previous === undefined) throw templateError('Template file referenced by the previous stack does not exist.');
  return previous;
}

async function fetchFrom(url: string, fetchTemplate: FetchTemplate): Promise<string> {
  const location = templateLocation(url);
  if (location === undefined) throw templateError('TemplateURL must be a supported URL.');
  let text: string;
  try {
    text = await fetchTemplate(location);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw templateError(`S3 error: ${error.message}`);
  }
  if (Buffer.byteLength(text) > maxObjectBytes) {
    throw templateError(`Template may not exceed ${maxObjectBytes} bytes in size.`);
  }
  return text;
}

/** Understands path-style URLs of any host and the virtual-hosted ones of AWS. */
function templateLocation(url: string): TemplateLocation | undefined {
  if (url.length > maxUrlLength || !URL.canParse(url)) return undefined;
  const { protocol, hostname, pathname } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  const virtual = /^(.+)\.s3[.-](?:[a-z0-9-]+\.)*(?:amazonaws\.com|localhost)$/.exec(hostname)?.[1];
  const [first = '', ...rest] = pathname.slice(1).split('/');
  const bucket = virtual ?? first;
  const key = virtual === undefined ? rest.join('/') : pathname.slice(1);
  return bucket === '' || key === '' ? undefined : { bucket, key: decodeURIComponentSafely(key) };
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
