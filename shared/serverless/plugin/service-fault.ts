/** A mistake in a serverless.yml or in parameters, which its message names. */
export class ServiceFault extends Error {
  override readonly name = 'ServiceFault';
}
