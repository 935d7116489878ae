// The tags of a service's stack, which CloudFormation hands on to every resource that takes tags.
module.exports = async ({ resolveVariable }) => {
  const more = await resolveVariable('param:tags');
  return {
    ...Object.fromEntries(
      String(more)
        .split(',')
        .filter((tag) => tag !== '')
        .map((tag) => tag.split('=')),
    ),
    service: await resolveVariable('self:service'),
    stage: await resolveVariable('sls:stage'),
  };
};
