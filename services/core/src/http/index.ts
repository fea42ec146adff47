export { Endpoint, type EndpointFacts } from './endpoint.js';
export { InvalidRequest, NotSignedIn } from './http.errors.js';
export { createAdapter } from './fastify-adapter.js';
export { HttpModule } from './http.module.js';
export { pageFor, type Rows } from './page-links.js';
export { Caller, RequestCtx } from './request-state.js';
export type { Right } from './rights.js';
export { BearerTokens, type SignedIn } from './signed-in.js';
export { IdParam, ZodBody, ZodQuery } from './zod-pipe.js';
