const limits = { emails: 500, characters: 4 * 1024 * 1024 };

export type Email = {
  readonly to: string;
  readonly subject: string;
  readonly body: string;
  readonly sentAt: string;
  readonly topicArn: string;
};

/** Emails are not sent: the last ones can be read here. */
export class Outbox {
  readonly #emails: Email[] = [];
  #characters = 0;

  add(email: Email): void {
    this.#emails.push(email);
    this.#characters += email.body.length;
    while (this.#emails.length > limits.emails || (this.#characters > limits.characters && this.#emails.length > 1)) {
      this.#characters -= this.#emails.shift()?.body.length ?? 0;
    }
  }

  /** Newest first. */
  list(): readonly Email[] {
    return this.#emails.toReversed();
  }
}
