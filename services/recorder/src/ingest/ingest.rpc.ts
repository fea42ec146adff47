import type { IngestServiceService } from '@sallyport/proto-gen/recording/v1/ingest';
import type { Handlers } from '@sallyport/rpc';
import type { IngestParts } from './ingest-session.js';
import { IngestStream } from './ingest-stream.js';

/** The IngestService. `stop` ends every stream after what came is stored; gateways go on with another recorder. */
export const ingestHandlers = (parts: IngestParts, stop: AbortSignal): Handlers<typeof IngestServiceService> => ({
  ingest: (ctx, requests, out) => new IngestStream(parts, out).run(requests, AbortSignal.any([stop, ctx.signal])),
});
