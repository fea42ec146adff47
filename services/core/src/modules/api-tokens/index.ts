export { ApiTokensModule } from './api-tokens.module.js';
export { ApiTokens } from './api-tokens.service.js';
