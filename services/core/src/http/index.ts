export { Endpoint } from './endpoint.js';
export { createAdapter } from './fastify-adapter.js';
export { HttpModule } from './http.module.js';
export { pageFor, pageLink } from './page-links.js';
export { Caller, IfMatch, RequestCtx } from './request-state.js';
export { BearerTokens, type AuthenticatedCaller } from './authenticated-caller.js';
export { resourceEndpoints } from './resource-endpoints.js';
export { readJsonBodies } from './request-body.js';
export { IdParam, ZodBody, ZodQuery } from './zod-pipe.js';
