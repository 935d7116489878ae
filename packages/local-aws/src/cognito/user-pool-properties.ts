import * as z from 'zod';
import { property } from '../core/resource-type.ts';

const { string, integer, boolean, inert, kept } = property;

/**
 * AWS::Cognito::UserPool. All that is about users, whom a local pool does not have, is inert. Left out, and so refused:
 * LambdaConfig, whose functions would never be called.
 */
export const userPoolProperties = z.strictObject({
  UserPoolName: string().optional(),
  DeletionProtection: z.enum(['ACTIVE', 'INACTIVE']).optional(),
  UserPoolTier: kept(z.enum(['LITE', 'ESSENTIALS', 'PLUS']).optional()),
  MfaConfiguration: kept(z.enum(['OFF', 'ON', 'OPTIONAL']).optional()),
  UsernameAttributes: kept(z.array(z.enum(['email', 'phone_number'])).optional()),
  AliasAttributes: kept(z.array(z.enum(['email', 'phone_number', 'preferred_username'])).optional()),
  AutoVerifiedAttributes: kept(z.array(z.enum(['email', 'phone_number'])).optional()),
  UsernameConfiguration: kept(z.strictObject({ CaseSensitive: boolean().optional() }).optional()),
  AccountRecoverySetting: inert(),
  AdminCreateUserConfig: inert(),
  DeviceConfiguration: inert(),
  EmailConfiguration: inert(),
  EmailVerificationMessage: inert(),
  EmailVerificationSubject: inert(),
  EnabledMfas: inert(),
  Policies: inert(),
  Schema: inert(),
  SmsConfiguration: inert(),
  UserAttributeUpdateSettings: inert(),
  UserPoolAddOns: inert(),
  UserPoolTags: kept(property.tagMap().optional()),
  VerificationMessageTemplate: inert(),
});

const timeUnit = z.enum(['seconds', 'minutes', 'hours', 'days']).optional();

export const clientProperties = z.strictObject({
  UserPoolId: string(),
  ClientName: string().optional(),
  GenerateSecret: boolean().optional(),
  AllowedOAuthFlowsUserPoolClient: boolean().optional(),
  AllowedOAuthFlows: z.array(z.enum(['code', 'implicit', 'client_credentials'])).optional(),
  AllowedOAuthScopes: z.array(string()).optional(),
  AccessTokenValidity: integer().optional(),
  TokenValidityUnits: z
    .strictObject({ AccessToken: timeUnit, IdToken: property.kept(timeUnit), RefreshToken: property.kept(timeUnit) })
    .optional(),
  CallbackURLs: kept(z.array(string()).optional()),
  LogoutURLs: kept(z.array(string()).optional()),
  DefaultRedirectURI: kept(string().optional()),
  ExplicitAuthFlows: kept(z.array(string()).optional()),
  SupportedIdentityProviders: kept(z.array(string()).optional()),
  PreventUserExistenceErrors: kept(z.enum(['ENABLED', 'LEGACY']).optional()),
  AuthSessionValidity: inert(),
  EnablePropagateAdditionalUserContextData: inert(),
  EnableTokenRevocation: inert(),
  IdTokenValidity: inert(),
  ReadAttributes: inert(),
  RefreshTokenRotation: inert(),
  RefreshTokenValidity: inert(),
  WriteAttributes: inert(),
});

export type ClientProperties = z.infer<typeof clientProperties>;

export const resourceServerProperties = z.strictObject({
  UserPoolId: string(),
  Identifier: string().pipe(z.string().min(1).max(256)),
  Name: kept(string()),
  Scopes: z
    .array(
      z.strictObject({
        ScopeName: string().pipe(z.string().regex(/^[\x21\x23-\x2e\x30-\x5b\x5d-\x7e]{1,256}$/)),
        ScopeDescription: kept(string()),
      }),
    )
    .optional(),
});

export const domainProperties = z.strictObject({
  UserPoolId: string(),
  /** A prefix of Cognito's own domain; custom ones, which need a certificate, are left out. */
  Domain: kept(
    string().pipe(
      z
        .string()
        .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be a prefix of lower-case letters, digits and hyphens')
        .refine((text) => !/cognito|aws|amazon/.test(text), 'must not contain the words aws, amazon or cognito'),
    ),
  ),
  ManagedLoginVersion: inert(),
});
