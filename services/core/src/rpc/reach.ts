/** A peer that restarts is back within this. */
const PATIENCE_MS = 2_500;

/** Waits a little for a peer that is just coming back; the call that follows says what is wrong when it does not. */
export const reach = (peer: { waitForReady(ms: number): Promise<void> }): Promise<void> => peer.waitForReady(PATIENCE_MS).catch(() => {});
