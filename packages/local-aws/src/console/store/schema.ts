/** The tables of the store, and the views that `POST /_local/api/query` reads. */
export const schema = `
  CREATE TABLE span (
    revision INTEGER PRIMARY KEY,
    trace_id TEXT NOT NULL,
    span_id TEXT NOT NULL UNIQUE,
    parent_id TEXT,
    kind TEXT NOT NULL,
    service TEXT NOT NULL,
    resource TEXT NOT NULL,
    operation TEXT NOT NULL,
    node_id TEXT,
    start_us INTEGER NOT NULL,
    duration_us INTEGER NOT NULL,
    status TEXT NOT NULL,
    error TEXT,
    attempt INTEGER NOT NULL,
    request_id TEXT,
    links TEXT NOT NULL,
    iam TEXT NOT NULL,
    input TEXT,
    input_about TEXT,
    output TEXT,
    output_about TEXT,
    attributes TEXT NOT NULL,
    bytes INTEGER NOT NULL
  );
  CREATE INDEX span_by_trace ON span (trace_id);
  CREATE TABLE link (trace_id TEXT NOT NULL, batch_trace_id TEXT NOT NULL, PRIMARY KEY (trace_id, batch_trace_id));
  CREATE INDEX link_by_batch ON link (batch_trace_id);
  CREATE TABLE trace (
    trace_id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    entry TEXT NOT NULL,
    kind TEXT NOT NULL,
    service TEXT NOT NULL,
    resource TEXT NOT NULL,
    http_status INTEGER,
    stacks TEXT NOT NULL,
    start_us INTEGER NOT NULL,
    duration_us INTEGER NOT NULL,
    span_count INTEGER NOT NULL,
    error_count INTEGER NOT NULL,
    status TEXT NOT NULL
  );
  CREATE INDEX trace_by_start ON trace (start_us, trace_id);
  CREATE INDEX trace_by_revision ON trace (revision);
  CREATE TABLE log (
    seq INTEGER PRIMARY KEY,
    trace_id TEXT,
    span_id TEXT,
    log_group TEXT NOT NULL,
    function_name TEXT NOT NULL,
    timestamp INTEGER NOT NULL,
    level TEXT NOT NULL,
    message TEXT NOT NULL,
    correlation_id TEXT,
    bytes INTEGER NOT NULL
  );
  CREATE INDEX log_by_trace ON log (trace_id);
  CREATE VIEW spans AS SELECT trace_id, span_id, parent_id, kind, service, resource, operation, node_id, start_us,
    duration_us, status, error, attempt, request_id, links, iam, input, output, attributes FROM span;
  CREATE VIEW traces AS SELECT trace_id, entry, kind, service, resource, http_status, start_us, duration_us, span_count,
    error_count, status FROM trace;
  CREATE VIEW logs AS SELECT seq, trace_id, span_id, log_group, function_name, timestamp, level, message,
    correlation_id FROM log;
`;
