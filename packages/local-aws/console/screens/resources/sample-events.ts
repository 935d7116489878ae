/** Events of the form in which Lambda gets them, to start from. */
export const sampleEvents: Readonly<Record<string, object>> = {
  empty: {},
  'REST API': {
    resource: '/items/{id}',
    path: '/items/1',
    httpMethod: 'GET',
    headers: { accept: 'application/json' },
    multiValueHeaders: { accept: ['application/json'] },
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: { id: '1' },
    stageVariables: null,
    requestContext: {
      requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
      stage: 'local',
      httpMethod: 'GET',
      path: '/items/1',
      identity: { sourceIp: '127.0.0.1' },
    },
    body: null,
    isBase64Encoded: false,
  },
  'HTTP API': {
    version: '2.0',
    routeKey: 'GET /items/{id}',
    rawPath: '/items/1',
    rawQueryString: '',
    headers: { accept: 'application/json' },
    pathParameters: { id: '1' },
    requestContext: {
      requestId: 'c6af9ac6',
      stage: '$default',
      http: { method: 'GET', path: '/items/1', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'console' },
    },
    isBase64Encoded: false,
  },
  SQS: {
    Records: [
      {
        messageId: '059f36b4-87a3-44ab-83d2-661975830a7d',
        receiptHandle: 'receipt-handle',
        body: '{}',
        attributes: { ApproximateReceiveCount: '1', SentTimestamp: '1767225600000', SenderId: '000000000000' },
        messageAttributes: {},
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:queue',
        awsRegion: 'us-east-1',
      },
    ],
  },
  'DynamoDB stream': {
    Records: [
      {
        eventID: '1',
        eventName: 'INSERT',
        eventVersion: '1.1',
        eventSource: 'aws:dynamodb',
        awsRegion: 'us-east-1',
        dynamodb: {
          Keys: { id: { S: '1' } },
          NewImage: { id: { S: '1' } },
          SequenceNumber: '111',
          StreamViewType: 'NEW_AND_OLD_IMAGES',
        },
      },
    ],
  },
  SNS: {
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        Sns: {
          MessageId: '95df01b4',
          TopicArn: 'arn:aws:sns:us-east-1:000000000000:topic',
          Subject: 'subject',
          Message: '{}',
        },
      },
    ],
  },
};
