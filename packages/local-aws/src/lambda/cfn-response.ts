/**
 * The module `cfn-response`, which CloudFormation adds to functions whose code is in the template.
 * (source of its interface: "cfn-response module" in the CloudFormation user guide)
 */
export const cfnResponse = `'use strict';
const https = require('node:https');

exports.SUCCESS = 'SUCCESS';
exports.FAILED = 'FAILED';

exports.send = (event, context, responseStatus, responseData, physicalResourceId, noEcho) => {
  const body = JSON.stringify({
    Status: responseStatus,
    Reason: 'See the details in CloudWatch Log Stream: ' + context.logStreamName,
    PhysicalResourceId: physicalResourceId || context.logStreamName,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
    NoEcho: noEcho || false,
    Data: responseData,
  });
  console.log('Response body:\\n', body);
  const { hostname, pathname, search } = new URL(event.ResponseURL);
  const headers = { 'content-type': '', 'content-length': Buffer.byteLength(body) };
  const options = { hostname, port: 443, path: pathname + search, method: 'PUT', headers };
  return new Promise((resolve, reject) => {
    const request = https.request(options, (response) => {
      response.resume();
      console.log('Status code: ' + response.statusCode);
      resolve(context.done?.());
    });
    request.on('error', (error) => {
      console.log('send(..) failed executing https.request(..): ' + error);
      if (context.done === undefined) reject(error);
      else resolve(context.done(error));
    });
    request.end(body);
  });
};
`;
