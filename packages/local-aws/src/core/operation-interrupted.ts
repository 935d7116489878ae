/** The endpoint stops before an operation is over, which neither succeeds nor fails. */
export class OperationInterrupted extends Error {
  constructor() {
    super('The local endpoint stopped while the operation was in progress.');
    this.name = 'OperationInterrupted';
  }
}
