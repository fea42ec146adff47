export { Endpoint } from './endpoint.js';
export { createAdapter } from './fastify-adapter.js';
export { HttpModule } from './http.module.js';
export { pageFor, type Rows } from './page-links.js';
export { Caller, RequestCtx } from './request-state.js';
export { BearerTokens, type SignedIn } from './signed-in.js';
export { IdParam, ZodBody, ZodQuery } from './zod-pipe.js';
