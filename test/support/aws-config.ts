/** How an AWS SDK client reaches the endpoint under test. */
export function awsConfig(endpoint = process.env.LOCAL_AWS_ENDPOINT_URL ?? '') {
  return { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
}
