import type { ServiceContext } from './service-context.ts';

/** Tags the stack of a service; CloudFormation passes the tags on to every resource that takes tags. */
export function tagStack({ name, stage, service: { provider }, parameters, note }: ServiceContext): void {
  const more = parameters.tags.split(',').flatMap((tag): readonly (readonly [string, string])[] => {
    const [, key, value = ''] = /^([^=]+)=(.*)$/.exec(tag) ?? [];
    return key === undefined ? [] : [[key, value]];
  });
  provider.stackTags = { ...provider.stackTags, ...Object.fromEntries(more), service: name, stage };
  note(
    'provider.stackTags',
    Object.keys(provider.stackTags).join(', '),
    'the parameter tags, and to find the resources',
  );
}
