export { ApiTokensModule } from './api-tokens.module.js';
export { ApiTokens, type IssuedToken } from './api-tokens.service.js';
