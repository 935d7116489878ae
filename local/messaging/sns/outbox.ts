const keptEmails = 500;

export type Email = {
  readonly to: string;
  readonly subject: string;
  readonly body: string;
  readonly sentAt: string;
  readonly topicArn: string;
};

/** Emails are not sent: they can be read here. */
export class Outbox {
  readonly #emails: Email[] = [];

  add(email: Email): void {
    this.#emails.push(email);
    if (this.#emails.length > keptEmails) this.#emails.shift();
  }

  /** Newest first. */
  list(): readonly Email[] {
    return this.#emails.toReversed();
  }
}
