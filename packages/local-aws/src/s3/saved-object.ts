import * as z from 'zod';

/** An object outside of its bucket; the body is base64. */
export const savedObjectSchema = z.object({
  bucket: z.string(),
  key: z.string(),
  body: z.base64(),
  contentType: z.string(),
  metadata: z.record(z.string(), z.string()),
});
export type SavedObject = z.infer<typeof savedObjectSchema>;
