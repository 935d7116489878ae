import { tokenAuthorizer } from '#shared/authorizer/token-authorizer.ts';

export const handler = tokenAuthorizer({ service: 'users', readRoutes: ['GET/users/?*'], adminRoutes: ['GET/users'] });
