import type { IngestServiceService } from '@sallyport/proto-gen/recording/v1/ingest';
import type { Handlers } from '@sallyport/rpc';
import type { IngestDeps } from './ingest-session.js';
import { IngestStream } from './ingest-stream.js';

/**
 * Returns the handlers of the IngestService. `stop` ends every stream after its received frames are stored; gateways go on with another
 * recorder.
 */
export const ingestHandlers = (deps: IngestDeps, stop: AbortSignal): Handlers<typeof IngestServiceService> => ({
  ingest: (ctx, requests, out) => new IngestStream(deps, out).run(requests, AbortSignal.any([stop, ctx.signal])),
});
