import { StringDecoder } from 'node:string_decoder';

/** The most characters of one event of CloudWatch Logs. Longer lines become several events, as in Lambda. */
const maxLineLength = 262_144;

/** Splits output into lines. The work is in proportion to the bytes, however they are cut into lines and chunks. */
export class OutputLines {
  readonly #decoder = new StringDecoder();
  #parts: string[] = [];
  #length = 0;

  /** @returns the lines that `chunk` completes, without their ends */
  add(chunk: Buffer): string[] {
    const pieces = this.#decoder.write(chunk).split('\n');
    const lines: string[] = [];
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) lines.push(this.takeRest());
      this.#keep(piece, lines);
    }
    return lines;
  }

  /** What still lacks its line end. */
  takeRest(): string {
    const rest = this.#parts.join('');
    this.#parts = [];
    this.#length = 0;
    return rest;
  }

  #keep(piece: string, lines: string[]): void {
    if (piece === '') return;
    this.#parts.push(piece);
    this.#length += piece.length;
    while (this.#length > maxLineLength) {
      const text = this.takeRest();
      lines.push(text.slice(0, maxLineLength));
      this.#parts = [text.slice(maxLineLength)];
      this.#length = text.length - maxLineLength;
    }
  }
}
