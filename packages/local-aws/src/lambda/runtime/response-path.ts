/** Where the endpoint takes the responses of custom resources. */
export const responsePath = '/_local/custom-resources/';
