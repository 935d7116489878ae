import { tokenAuthorizer } from '#shared/authorizer/token-authorizer.ts';

export const handler = tokenAuthorizer({ service: 'products' });
