/*
 * The least that a function can do for one write to a table: sign a request by hand and send it with Node's own HTTP. What
 * other functions take is compared with it, since both run on the same machine.
 */
const { createHash, createHmac } = require('node:crypto');
const http = require('node:http');

const agent = new http.Agent({ keepAlive: true });
const { AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;

const hash = (text) => createHash('sha256').update(text).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();

function sign(host, target, body) {
  const time = `${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}`;
  const scope = `${time.slice(0, 8)}/${AWS_REGION}/dynamodb/aws4_request`;
  const headers = `host:${host}\nx-amz-date:${time}\nx-amz-target:${target}\n`;
  const names = 'host;x-amz-date;x-amz-target';
  const canonical = ['POST', '/', '', headers, names, hash(body)].join('\n');
  const key = scope.split('/').reduce(hmac, `AWS4${AWS_SECRET_ACCESS_KEY}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, hash(canonical)].join('\n')).toString('hex');
  return {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-date': time,
    'x-amz-target': target,
    authorization: `AWS4-HMAC-SHA256 Credential=${AWS_ACCESS_KEY_ID}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

exports.handler = (event) => {
  const { title } = JSON.parse(event.body ?? '{}');
  const body = JSON.stringify({ TableName: 'tasks', Item: { id: { S: '1' }, title: { S: String(title) } } });
  const { host } = new URL(AWS_ENDPOINT_URL);
  return new Promise((resolve, reject) => {
    const headers = sign(host, 'DynamoDB_20120810.PutItem', body);
    const request = http.request(AWS_ENDPOINT_URL, { method: 'POST', agent, headers }, (answer) =>
      answer.resume().on('end', () => resolve({ statusCode: answer.statusCode === 200 ? 201 : 500, body: '{}' })),
    );
    request.on('error', reject).end(body);
  });
};
