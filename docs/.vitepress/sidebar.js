const service = (name, pattern) => ({ text: `${name}: ${pattern}`, link: `/services/${name}/` });

/** The three parts of the site, for those who learn, those who work on a system, and those who decide. */
export const sidebar = [
  {
    text: 'Learn',
    items: [
      {
        text: 'Learn: patterns',
        items: [
          { text: 'Start here', link: '/' },
          { text: 'Which pattern when', link: '/patterns/' },
          service('tasks', 'simple web service'),
          service('products', 'one function'),
          service('planner', 'internal API'),
          service('users-async', 'asynchronous API'),
          service('friends', 'state machine'),
          service('users', 'single table'),
          service('orders', 'idempotent writes'),
          service('notifications', 'stream to topic'),
          service('platform', 'shared resources'),
        ],
      },
      {
        text: 'Learn: in depth',
        items: [
          { text: 'One function or many', link: '/patterns/one-function-or-many' },
          { text: 'An API without functions', link: '/patterns/api-without-functions' },
          { text: 'Two rows in step', link: '/patterns/two-rows-in-step' },
          { text: 'Single-table design', link: '/patterns/single-table' },
          { text: 'From a stream to subscribers', link: '/patterns/stream-to-subscribers' },
        ],
      },
    ],
  },
  {
    text: 'Do',
    items: [
      {
        text: 'Do: build',
        items: [
          { text: 'An own system', link: '/own-system' },
          { text: 'Contribute: add and test', link: '/CONTRIBUTING' },
          { text: 'Commands and debugging', link: '/commands' },
          { text: 'Console', link: '/console' },
          { text: 'When something is wrong', link: '/troubleshooting' },
        ],
      },
      {
        text: 'Do: deploy and operate',
        items: [
          { text: 'On AWS', link: '/on-aws' },
          { text: 'Parameters', link: '/parameters' },
          { text: 'Who may call', link: '/who-may-call' },
          { text: 'Runbook', link: '/runbook' },
          { text: 'Releases', link: '/releases' },
        ],
      },
    ],
  },
  {
    text: 'Know',
    items: [
      {
        text: 'Know',
        items: [
          { text: 'Glossary', link: '/glossary' },
          { text: 'Local and AWS', link: '/local-and-aws' },
          { text: 'local-aws: support and limits', link: '/packages/local-aws/' },
          { text: 'Costs', link: '/costs' },
          { text: 'Scale', link: '/scale' },
          { text: 'Measurements', link: '/measurements' },
          { text: 'Public projects', link: '/public-projects' },
          { text: 'Security', link: '/SECURITY' },
          { text: 'Decisions', link: '/decisions/' },
          { text: 'Changelog', link: '/CHANGELOG' },
        ],
      },
    ],
  },
];
