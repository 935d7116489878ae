/** A folder of `--persist` that cannot be used; the message names the file and the way out. */
export class StateFolderError extends Error {
  override readonly name = 'StateFolderError';
}
