import type { Readable } from 'node:stream';
import type { Principal } from './principal.ts';

/** One signed call to an AWS API, after the edge has told which service it is for. */
export type AwsRequest = {
  readonly requestId: string;
  /** The SigV4 service name: `dynamodb`, `sqs`, `lambda`, `cloudformation`, `logs`, `apigateway`, `s3`, … */
  readonly service: string;
  readonly region: string;
  readonly principal: Principal;
  readonly method: string;
  /** As sent, percent-encoding kept, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case; repeated headers joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

export type AwsResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  /** The body in place of `body`, of an answer that comes in parts. */
  readonly stream?: Readable;
};

/**
 * The whole of one AWS service behind its wire protocol. It renders its own errors and never throws for bad input.
 */
export type AwsApi = (request: AwsRequest) => Promise<AwsResponse>;
