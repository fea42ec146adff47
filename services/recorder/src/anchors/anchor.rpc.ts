import type { AuditAnchorServiceService } from '@sallyport/proto-gen/recording/v1/audit_anchor';
import type { Handlers } from '@sallyport/rpc';
import type { AnchorStore } from './anchor-store.js';

/** Returns the handlers of the AuditAnchorService. */
export const anchorHandlers = (anchors: AnchorStore): Handlers<typeof AuditAnchorServiceService> => ({
  putAnchor: async (_ctx, { number, envelope }) => {
    await anchors.put(number, envelope);
    return {};
  },
  listAnchors: (_ctx, { after, limit }) => anchors.list(after, limit),
});
