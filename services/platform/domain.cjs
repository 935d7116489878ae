// One domain for the APIs of all services, which map themselves to it: https://<domain>/<service>/<path of its API>. Without
// domainName there is none: a condition would leave a domain without a certificate in the template, an error to cfn-lint.
module.exports = async ({ resolveVariable }) => {
  const [domainName, certificateArn, hostedZoneId] = await Promise.all(
    ['domainName', 'certificateArn', 'hostedZoneId'].map((name) => resolveVariable(`param:${name}`)),
  );
  if (!domainName) return {};
  return {
    Resources: {
      DomainName: {
        Type: 'AWS::ApiGatewayV2::DomainName',
        Properties: {
          DomainName: domainName,
          DomainNameConfigurations: [
            { CertificateArn: certificateArn, EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' },
          ],
        },
      },
      ...(hostedZoneId && { DomainRecord: recordOf(domainName, hostedZoneId) }),
    },
  };
};

/** For clients with IPv4 addresses; a regional endpoint has no others. */
function recordOf(Name, HostedZoneId) {
  return {
    Type: 'AWS::Route53::RecordSet',
    Properties: {
      HostedZoneId,
      Name,
      Type: 'A',
      AliasTarget: {
        DNSName: { 'Fn::GetAtt': ['DomainName', 'RegionalDomainName'] },
        HostedZoneId: { 'Fn::GetAtt': ['DomainName', 'RegionalHostedZoneId'] },
        EvaluateTargetHealth: false,
      },
    },
  };
}
