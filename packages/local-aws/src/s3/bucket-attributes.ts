import { XMLBuilder, XMLParser } from 'fast-xml-parser';
import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { Collection, StateStore } from '../core/state-store.ts';
import { type TagMap, tagList, tagMap } from '../core/tags.ts';
import { namespace } from './list-objects.ts';

const attributesSchema = z.object({
  tags: z.record(z.string(), z.string()).optional(),
  /** Kept and shown: objects have their current version only. */
  versioning: z.enum(['Enabled', 'Suspended']).optional(),
  encryption: z
    .object({ algorithm: z.string(), keyId: z.string().optional(), hasBucketKey: z.boolean().optional() })
    .optional(),
});
export type BucketAttributes = z.infer<typeof attributesSchema>;

/** Tags, versioning and encryption of buckets. */
export class BucketAttributeStore {
  readonly #kept: Collection<BucketAttributes>;
  readonly #attributes: Map<string, BucketAttributes>;

  constructor(state: StateStore) {
    this.#kept = state.collection('s3/attributes', attributesSchema);
    this.#attributes = new Map(this.#kept.entries());
  }

  of(bucket: string): BucketAttributes {
    return this.#attributes.get(bucket) ?? {};
  }

  set(bucket: string, attributes: BucketAttributes): void {
    this.#attributes.set(bucket, attributes);
    this.#kept.put(bucket, attributes);
  }

  delete(bucket: string): void {
    if (this.#attributes.delete(bucket)) this.#kept.delete(bucket);
  }
}

const build = (document: object): string => new XMLBuilder({ ignoreAttributes: false }).build(document);

/** The answer of GetBucketVersioning; the status of a bucket that never had versioning is absent. */
export function writeVersioning({ versioning }: BucketAttributes): string {
  return build({ VersioningConfiguration: { '@_xmlns': namespace, ...(versioning && { Status: versioning }) } });
}

/** The answer of GetBucketEncryption; S3 encrypts every bucket, by default with keys of its own. */
export function writeEncryption({ encryption = { algorithm: 'AES256' } }: BucketAttributes): string {
  const { algorithm, keyId, hasBucketKey = false } = encryption;
  return build({
    ServerSideEncryptionConfiguration: {
      '@_xmlns': namespace,
      Rule: {
        ApplyServerSideEncryptionByDefault: {
          SSEAlgorithm: algorithm,
          ...(keyId !== undefined && { KMSMasterKeyID: keyId }),
        },
        BucketKeyEnabled: String(hasBucketKey),
      },
    },
  });
}

/** The answer of GetBucketTagging. @throws AwsError NoSuchTagSet */
export function writeTags({ tags = {} }: BucketAttributes): string {
  if (Object.keys(tags).length === 0) throw new AwsError('NoSuchTagSet', 'The TagSet does not exist', 404);
  return build({ Tagging: { '@_xmlns': namespace, TagSet: { Tag: tagList(tags) } } });
}

const tag = z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) });
const tagging = z.object({
  Tagging: z.looseObject({
    // An empty element is read as an empty text.
    TagSet: z.union([
      z.literal('').transform(() => []),
      z.object({ Tag: z.union([z.array(tag), tag.transform((one) => [one])]) }).transform(({ Tag }) => Tag),
    ]),
  }),
});

/** The body of PutBucketTagging. @throws AwsError MalformedXML, InvalidTag */
export function readTags(body: string): TagMap {
  const parsed = tagging.safeParse(parseXml(body));
  if (!parsed.success) {
    throw new AwsError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    );
  }
  const { TagSet } = parsed.data.Tagging;
  const tags = tagMap(TagSet);
  if (Object.keys(tags).length < TagSet.length) {
    throw new AwsError('InvalidTag', 'Cannot provide multiple Tags with the same key');
  }
  return tags;
}

function parseXml(body: string): unknown {
  try {
    return new XMLParser({ parseTagValue: false, trimValues: false, ignoreDeclaration: true }).parse(body, true);
  } catch {
    return undefined;
  }
}
