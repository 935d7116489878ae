/**
 * The answers of `/_local/api`, as `openapi.yml` beside this file describes them. The page imports these types, so this
 * file imports nothing.
 */

/** One step of a request on its way through the system. */
export type SpanKind =
  /** A request to a deployed API, as its client sees it. */
  | 'request'
  /** API Gateway's part of a request: route, mapping templates and integration. */
  | 'gateway'
  /** A Lambda, JWT, user pool or IAM authorizer. */
  | 'authorizer'
  /** One run of a function in an execution environment. */
  | 'invocation'
  /** A call of an AWS API. */
  | 'call'
  /** A batch that an event source mapping, pipe, topic, rule, schedule, destination or alarm hands on. */
  | 'delivery';

export type SpanStatus = 'ok' | 'error' | 'running' | 'filtered';

/** Points to a span of this or of another trace. */
export type SpanLink = {
  readonly traceId: string;
  readonly spanId: string;
  /** The position of the message in its batch, from 0. */
  readonly index?: number;
};

/** A decision of IAM, with the statement that decided it. */
export type IamDecision = {
  readonly action: string;
  readonly resource: string;
  readonly principal: string;
  readonly isAllowed: boolean;
  /** What an explicit or implicit denial comes from, in AWS's words: `identity-based policy` and so on. */
  readonly deniedBy?: string;
  /** Undefined when no statement applied, which is an implicit denial. */
  readonly statement?: IamStatement;
};

export type IamStatement = {
  /** The name of the inline policy, or the ARN of the attached one or of the resource whose policy it is. */
  readonly policy: string;
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
};

export type SpanError = {
  readonly type: string;
  readonly message: string;
  /** Lines of the stack, for an error of a function. */
  readonly stack?: readonly string[];
};

/** A payload as text. Credentials are replaced by `[redacted]`. */
export type Body = {
  readonly text: string;
  readonly encoding: 'utf8' | 'base64';
  /** The size of the whole payload in bytes; `text` ends after 64 KiB. */
  readonly size: number;
  readonly isTruncated: boolean;
};

/**
 * What a span knows besides its common fields. Which of them are set depends on the kind:
 * - request: `method`, `path`, `query`, `httpStatus`, `apiId`, `stage`, `requestHeaders`, `responseHeaders`
 * - gateway: `integrationType`, `route`, `steps`
 * - invocation: `isCold`, `initDurationMs`, `version`, `memoryUsedMb`, `memoryLimitMb`, `logGroup`, `logStream`, `trigger`
 * - call: `principal`, `httpStatus`, `isFault`
 * - delivery: `source`, `mechanism`, `batchSize`, `filters`, `isMatched`, `messageIds`, `outcome`
 */
export type SpanAttributes = Readonly<Record<string, unknown>> & {
  readonly steps?: readonly GatewayStep[];
  readonly filters?: readonly FilterResult[];
  readonly mechanism?: DeliveryMechanism;
};

export type DeliveryMechanism =
  | 'queue'
  | 'stream'
  | 'pipe'
  | 'topic'
  | 'async'
  | 'destination'
  | 'dead-letter'
  | 'redrive'
  | 'alarm'
  | 'notification'
  | 'schedule'
  | 'bus';

/** What a mapping template or a step of an integration made. */
export type GatewayStep = { readonly name: string; readonly text: string };

/** A filter pattern of an event source mapping, pipe or rule, and whether it matched. */
export type FilterResult = { readonly pattern: string; readonly isMatched: boolean };

export type Span = {
  /** 32 hexadecimal digits, as in OpenTelemetry. `Root=1-<8>-<24>` of X-Ray without the punctuation. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly parentId: string | null;
  /** Of a batch: the spans that sent its messages. */
  readonly links: readonly SpanLink[];
  readonly kind: SpanKind;
  /** `apigateway`, `lambda`, `sqs`, `dynamodb`, `sns`, `pipes`, … */
  readonly service: string;
  /** The name of the API, function, queue, table, topic or pipe. */
  readonly resource: string;
  /** `POST /users`, `Invoke`, `SendMessage`, `PutItem`, … */
  readonly operation: string;
  /** The node of the topology, when the span is about a resource of a stack. */
  readonly nodeId: string | null;
  /** Microseconds since the epoch. */
  readonly startUs: number;
  readonly durationUs: number;
  readonly status: SpanStatus;
  readonly error: SpanError | null;
  /** From 1. */
  readonly attempt: number;
  /** The request id that AWS would log. */
  readonly requestId: string | null;
  readonly iam: readonly IamDecision[];
  readonly input: Body | null;
  readonly output: Body | null;
  readonly attributes: SpanAttributes;
};

/** A line of a function's log. */
export type LogLine = {
  /** Grows with each line of the endpoint. */
  readonly seq: number;
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly group: string;
  /** The name of the function; empty for other log groups. */
  readonly functionName: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly level: LogLevel;
  readonly message: string;
  /** Of a structured line that has one. */
  readonly correlationId: string | null;
};

/** `PLATFORM` is what Lambda writes itself: START, END, REPORT. */
export type LogLevel = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL' | 'PLATFORM';

/** One row of the list of requests. */
export type TraceSummary = {
  readonly traceId: string;
  /** Grows with each change of any trace: what the cursor and `Last-Event-ID` count. */
  readonly revision: number;
  /** `POST /users`, `sqs SendMessage friends-queue`, … */
  readonly entry: string;
  readonly kind: SpanKind;
  readonly service: string;
  readonly resource: string;
  /** Of a request. */
  readonly httpStatus: number | null;
  /** Names of the stacks whose resources the trace passed. */
  readonly stacks: readonly string[];
  readonly startUs: number;
  /** From the start of the first span to the end of the last one so far. */
  readonly durationUs: number;
  readonly spanCount: number;
  readonly errorCount: number;
  readonly status: 'ok' | 'error' | 'running';
};

export type TraceList = {
  readonly traces: readonly TraceSummary[];
  /** For `?cursor=`; null at the end. */
  readonly nextCursor: string | null;
};

/**
 * One trace with everything that followed from it. Batches that have its messages among others are traces of their own;
 * their spans are here too, each with its own `traceId`, and the delivery's `links` tell which message is whose.
 */
export type Trace = {
  readonly summary: TraceSummary;
  /** In the order of their start. */
  readonly spans: readonly Span[];
  readonly logs: readonly LogLine[];
};

export type LogList = { readonly logs: readonly LogLine[]; readonly nextCursor: string | null };

/** Commands that do again what a span did; null where it cannot be said in that form. */
export type Commands = {
  readonly curl: string | null;
  readonly awsCli: string | null;
  /** A test for jest or node:test. */
  readonly test: string | null;
};

/**
 * Server-Sent Events of `/_local/api/live`. `event` is the SSE event name, `id` the revision; data is JSON.
 * - trace: a trace appeared or changed
 * - span: a span ended (with `?spans=true`, or of one trace with `?traceId=`), without its bodies
 * - log: a line was logged (with `?logs=true`, or of one trace)
 * - counts: counts that changed, at most once in a second
 * - topology: stacks changed; read the topology again
 * - gap: `Last-Event-ID` is older than what is kept; read the lists again
 */
export type LiveEvent =
  | { readonly event: 'trace'; readonly data: TraceSummary }
  | { readonly event: 'span'; readonly data: Omit<Span, 'input' | 'output'> }
  | { readonly event: 'log'; readonly data: LogLine }
  | { readonly event: 'counts'; readonly data: Counts }
  | { readonly event: 'topology'; readonly data: Record<string, never> }
  | { readonly event: 'gap'; readonly data: Record<string, never> };

export type NodeKind =
  | 'api'
  | 'route'
  | 'function'
  | 'table'
  | 'stream'
  | 'queue'
  | 'dead-letter-queue'
  | 'mapping'
  | 'pipe'
  | 'topic'
  | 'subscription'
  | 'bucket'
  | 'alarm'
  | 'schedule'
  | 'bus'
  | 'rule'
  | 'dashboard'
  | 'custom-resource';

export type TopologyNode = {
  /** The ARN where there is one. Stable over deployments. */
  readonly id: string;
  readonly kind: NodeKind;
  /** What to show. */
  readonly name: string;
  readonly region: string;
  /** The name that AWS actions take: queue name, table name, function name, API id, … */
  readonly physicalId: string;
  /** The name of its stack in the topology. */
  readonly stack: string;
  readonly logicalId: string;
  /** The node that it is a part of: the API of a route, the table of a stream, the topic of a subscription. */
  readonly parentId: string | null;
  /** Of the kind: `url` of a queue or API, `method` and `path` of a route, `protocol` and `endpoint` of a subscription, … */
  readonly details: Readonly<Record<string, unknown>>;
};

export type EdgeKind =
  /** A route or API calls a function, or a custom resource is made by it. */
  | 'invokes'
  /** A route or function sends to a queue, topic or bus, or a pipe, rule or schedule delivers to its target. */
  | 'sends'
  /** A function reads or writes a table or bucket, as its role permits and its calls show. */
  | 'uses'
  /** A table feeds its stream, a queue or stream feeds a mapping or pipe. */
  | 'feeds'
  | 'enriches'
  | 'subscribes'
  | 'dead-letters'
  | 'notifies'
  | 'watches';

export type TopologyEdge = {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
  /** True once traffic was seen on it since the start. An edge that policies permit and nothing used is false. */
  readonly isUsed: boolean;
};

export type TopologyStack = {
  /** With the region in parentheses if it is not the default one. */
  readonly name: string;
  /** The ARN. */
  readonly id: string;
  readonly region: string;
  readonly status: string;
  /** With the region in parentheses, as in the name. */
  readonly service: string;
  readonly stage: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** Of the template, where it has one. */
  readonly description: string;
};

export type Topology = {
  readonly stacks: readonly TopologyStack[];
  readonly nodes: readonly TopologyNode[];
  readonly edges: readonly TopologyEdge[];
};

/** Live numbers. Only nodes and edges that have some are listed. */
export type Counts = {
  /** By node id. */
  readonly nodes: Readonly<Record<string, NodeCounts>>;
  /** Traffic by edge id: spans in the last minute, and when the last one was (milliseconds since the epoch). */
  readonly edges: Readonly<Record<string, { readonly lastMinute: number; readonly lastAt: number }>>;
};

export type NodeCounts = {
  /** Messages of a queue. */
  readonly ready?: number;
  readonly inFlight?: number;
  readonly delayed?: number;
  /** Items of a table, objects of a bucket. */
  readonly items?: number;
  /** Spans in the last five minutes. */
  readonly calls?: number;
  readonly errors?: number;
  /** Execution environments of a function. */
  readonly environments?: number;
  /** Of an alarm. */
  readonly alarmState?: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
};

/** A message of a queue, read without receiving it: its receive count and visibility stay as they are. */
export type PeekedMessage = {
  readonly messageId: string;
  readonly state: 'ready' | 'inFlight' | 'delayed';
  readonly body: string;
  readonly attributes: Readonly<Record<string, { readonly DataType: string; readonly StringValue?: string }>>;
  readonly sentAt: number;
  readonly firstReceivedAt: number | null;
  readonly receiveCount: number;
  /** When a hidden message becomes visible. */
  readonly visibleAt: number | null;
  readonly groupId: string | null;
  /** Of a message in a dead-letter queue: the ARN of the queue that gave up on it. */
  readonly deadLetterSourceArn: string | null;
  readonly traceId: string | null;
};

export type PeekedMessages = { readonly messages: readonly PeekedMessage[]; readonly total: number };

export type ExecutionEnvironmentView = {
  readonly functionName: string;
  readonly region: string;
  readonly version: string;
  readonly pid: number;
  readonly state: 'starting' | 'busy' | 'idle';
  readonly hasServed: boolean;
  readonly memoryUsedBytes: number;
  readonly memoryLimitBytes: number;
  readonly initDurationMs: number | null;
  readonly logStream: string;
};

/** How an event source mapping or pipe has done since the start. */
export type SourceActivity = {
  /** The UUID of a mapping, the name of a pipe. */
  readonly id: string;
  readonly region: string;
  readonly nodeId: string;
  readonly sourceArn: string;
  readonly targetArn: string;
  readonly state: string;
  readonly lastProcessingResult: string;
  readonly patterns: readonly string[];
  readonly recordsMatched: number;
  readonly recordsFiltered: number;
  readonly batches: number;
  readonly failedBatches: number;
  readonly largestBatch: number;
  /** Of a stream, by shard. */
  readonly checkpoints: Readonly<Record<string, string>>;
};

/** An email that a topic would have sent. */
export type Email = {
  readonly to: string;
  readonly subject: string;
  readonly body: string;
  readonly sentAt: string;
  readonly topicArn: string;
};

export type BucketObjects = {
  readonly objects: readonly {
    readonly key: string;
    readonly size: number;
    readonly lastModified: string;
    /** Relative; a browser downloads it. */
    readonly url: string;
  }[];
  readonly nextCursor: string | null;
};

export type RolePermissions = {
  readonly role: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The functions and pipes that have it. */
  readonly usedBy: readonly string[];
  readonly grants: readonly {
    readonly policy: string;
    readonly sid?: string;
    readonly actions: readonly { readonly text: string; readonly uses: number }[];
    readonly resources: readonly { readonly text: string; readonly uses: number }[];
  }[];
  readonly denied: readonly { readonly action: string; readonly resource: string; readonly count: number }[];
  /** What `npm run iam:report` finds: unused and wildcard grants. */
  readonly excess: readonly {
    readonly kind: 'action' | 'resource';
    readonly text: string;
    readonly problem: 'unused' | 'wildcard';
  }[];
  /** The smallest policy document that permits what the role did since the start. */
  readonly smallestPolicy: object;
};

export type Permissions = { readonly isEnforced: boolean; readonly roles: readonly RolePermissions[] };

/** A stage of a deployed API. Its OpenAPI document is at `/_local/api/apis/{apiId}/document`. */
export type ApiView = {
  readonly apiId: string;
  readonly name: string;
  /** The name of its stack in the topology. */
  readonly stack: string;
  readonly region: string;
  readonly logicalId: string;
  readonly stage: string;
  /** On its custom domain, where it has one. */
  readonly url: string;
  /** Of the API below the endpoint: the document's server. */
  readonly path: string;
};

/** What to do to calls that fit. Without `resource` every resource of the service, without `operation` every action. */
export type FaultInput = {
  /** `dynamodb`, `sqs`, `sns`, `lambda`, `s3`, `apigateway` (requests to deployed APIs), … */
  readonly service: string;
  /** The name of a table, queue, topic, function, bucket, or the id of an API. */
  readonly resource?: string;
  /** `PutItem`, `SendMessage`, `Invoke`, … */
  readonly operation?: string;
  readonly fault:
    | { readonly kind: 'latency'; readonly milliseconds: number }
    /** A 500 or 503 of the service. */
    | { readonly kind: 'error'; readonly code?: string; readonly status?: number }
    /** The service's own throttling error. */
    | { readonly kind: 'throttle' };
  /** The share of calls that it is done to, above 0 and up to 1; 1 by default. */
  readonly rate?: number;
};

export type Fault = FaultInput & { readonly id: string; readonly hits: number };
export type Faults = { readonly faults: readonly Fault[] };

export type Snapshot = { readonly name: string; readonly savedAt: string; readonly bytes: number };
export type Snapshots = { readonly snapshots: readonly Snapshot[] };

/** `rate` is always 1: the clock can only be set forward. */
export type ClockView = { readonly now: string; readonly offsetMs: number };

export type QueryInput = {
  /** One SELECT over the views `spans`, `logs` and `traces`. */
  readonly sql: string;
  readonly parameters?: readonly (string | number | null)[];
};
export type QueryResult = {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** True when there were more than 1000 rows. */
  readonly isTruncated: boolean;
};

export type ReplayInput = {
  readonly traceId: string;
  /** The entry of the trace by default. */
  readonly spanId?: string;
  /** In place of the body that was sent, or of the event of an invocation. */
  readonly input?: string;
};
/** The new trace. */
export type ReplayResult = { readonly traceId: string };

export type Info = {
  readonly version: string;
  readonly region: string;
  readonly url: string;
  readonly isIamEnforced: boolean;
  /** Whether snapshots can be saved and loaded, data be reset and the clock be set. */
  readonly features: readonly ('reset' | 'snapshots' | 'clock' | 'faults')[];
  readonly clock: ClockView;
};

/** The body of every answer that is not 2xx. */
export type ApiProblem = { readonly message: string; readonly code: string };
