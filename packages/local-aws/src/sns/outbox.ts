import * as z from 'zod';
import { orderedKey } from '../core/ordered-key.ts';
import type { Collection, StateStore } from '../core/state-store.ts';

const limits = { emails: 500, characters: 4 * 1024 * 1024 };

const emailSchema = z.object({
  to: z.string(),
  subject: z.string(),
  body: z.string(),
  sentAt: z.string(),
  topicArn: z.string(),
});
export type Email = Readonly<z.infer<typeof emailSchema>>;

/** Emails are not sent: the most recent ones can be read here. */
export class Outbox {
  readonly #kept: Collection<Email>;
  /** Oldest first. */
  readonly #emails: { readonly key: string; readonly email: Email }[];
  #characters: number;

  constructor(state: StateStore) {
    this.#kept = state.collection('sns/emails', emailSchema);
    this.#emails = [...this.#kept.entries()].map(([key, email]) => ({ key, email }));
    this.#characters = this.#emails.reduce((sum, { email }) => sum + email.body.length, 0);
  }

  add(email: Email): void {
    const key = orderedKey(Number(this.#emails.at(-1)?.key ?? 0) + 1);
    this.#emails.push({ key, email });
    this.#characters += email.body.length;
    this.#kept.put(key, email);
    while (this.#emails.length > limits.emails || (this.#characters > limits.characters && this.#emails.length > 1)) {
      const oldest = this.#emails.shift();
      if (oldest === undefined) return;
      this.#characters -= oldest.email.body.length;
      this.#kept.delete(oldest.key);
    }
  }

  clear(): void {
    for (const { key } of this.#emails.splice(0)) this.#kept.delete(key);
    this.#characters = 0;
  }

  /** Newest first. */
  list(): readonly Email[] {
    return this.#emails.map(({ email }) => email).toReversed();
  }
}
