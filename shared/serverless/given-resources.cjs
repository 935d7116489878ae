// What the parameters name of a user's own, in the form of platform's outputs; null where they name nothing.
module.exports = async ({ resolveVariable }) => {
  const webAcl = await resolveVariable('param:webAcl');
  const userPoolArn = (await resolveVariable('param:userPoolArn')) || null;
  return {
    webAclArn: webAcl.startsWith('arn:') ? webAcl : null,
    callersUserPoolArn: userPoolArn,
    callersIssuer: userPoolArn && issuerOf(userPoolArn),
    callersClientId: userPoolArn && (await resolveVariable('param:userPoolClientId')),
  };
};

/** @param {string} userPoolArn arn:<partition>:cognito-idp:<region>:<account>:userpool/<id> */
function issuerOf(userPoolArn) {
  const [, , , region, , resource] = userPoolArn.split(':');
  return { 'Fn::Sub': `https://cognito-idp.${region}.\${AWS::URLSuffix}/${resource.split('/')[1]}` };
}
