export type Api = 'rest' | 'http';

/** The words that the files of a new service are made of, by their tokens in the templates. */
export type ServiceNames = Readonly<Record<string, string>>;

const kebab = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * IAM roles are called <service>-<stage>-<function>-<region>, in 64 characters. This leaves 10 for the stage and 14 for
 * the region, besides `create`.
 */
const maxLength = 30;

/**
 * Derives all names from those of the service and of one of its items, such as `book-notes` and `book-note`.
 * @throws Error that says what is wrong with a name
 */
export function serviceNames(service: string, api: Api, item = singularOf(service)): ServiceNames {
  for (const [option, name] of [
    ['The name of a service', service],
    ['--item', item],
  ] as const) {
    if (kebab.test(name)) continue;
    throw new Error(
      `${option} must be lower-case words of a-z and 0-9 joined by hyphens, not ${JSON.stringify(name)}.`,
    );
  }
  if (item === service) throw new Error(`--item must differ from the name of the service, ${service}.`);
  if (service.length + item.length > maxLength) {
    throw new Error(
      `${service} and ${item} are too long together: with more than ${maxLength} characters, the names of IAM roles exceed 64.`,
    );
  }
  return {
    service,
    api,
    items: camel(service),
    Items: pascal(service),
    ITEMS: service.toUpperCase().replaceAll('-', '_'),
    'items-words': service.replaceAll('-', ' '),
    'Items-words': sentence(service),
    item: camel(item),
    Item: pascal(item),
    'item-kebab': item,
    'item-words': item.replaceAll('-', ' '),
    ...(api === 'rest' ? restWords : httpWords),
  };
}

const restWords = {
  event: 'http',
  testEvent: 'restEvent',
  'test-event': 'rest-event',
  output: 'ServiceEndpoint',
  throttled: 'Throttled',
  stagePath: '/{stage}',
  stageVariable: '\n      stage: { default: dev }',
  localUrl: 'http://localhost:4566/restapis/{apiId}/local/_user_request_',
};

const httpWords = {
  event: 'httpApi',
  testEvent: 'httpApiEvent',
  'test-event': 'http-api-event',
  output: 'HttpApiUrl',
  throttled: 'ThrottledByHttpApi',
  stagePath: '',
  stageVariable: '',
  localUrl: 'http://localhost:4566/_aws/execute-api/{apiId}/$default',
};

/** `books` → `book`, `entries` → `entry`, `inventory` → `inventory-item`. */
function singularOf(service: string): string {
  if (service.endsWith('ies')) return service.replace(/ies$/, 'y');
  return /[^s]s$/.test(service) ? service.slice(0, -1) : `${service}-item`;
}

function pascal(name: string): string {
  return name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

function camel(name: string): string {
  const word = pascal(name);
  return word.charAt(0).toLowerCase() + word.slice(1);
}

function sentence(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ');
}
