/** Names one receive of one message, so that it can be told apart from earlier and later ones. */
export class ReceiptHandle {
  readonly queueName: string;
  readonly messageId: string;
  /** The how manyth receive from this queue it was. */
  readonly receive: number;

  constructor(queueName: string, messageId: string, receive: number) {
    this.queueName = queueName;
    this.messageId = messageId;
    this.receive = receive;
  }

  get text(): string {
    return Buffer.from(`${this.queueName} ${this.messageId} ${this.receive}`).toString('base64');
  }

  /** Undefined when the text is no receipt handle of this endpoint. */
  static parse(text: string): ReceiptHandle | undefined {
    const [, queueName, messageId, receive] =
      /^([\w.-]+) ([0-9a-f-]{36}) (\d+)$/.exec(Buffer.from(text, 'base64').toString()) ?? [];
    if (queueName === undefined || messageId === undefined) return undefined;
    return new ReceiptHandle(queueName, messageId, Number(receive));
  }
}
