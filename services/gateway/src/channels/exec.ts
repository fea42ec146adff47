import type { ChannelContext } from './channel-context.js';
import { runOnAsset } from './run-on-asset.js';
import { readOneString } from './terminal-request.js';

/** Runs a command line, with or without a terminal. It goes to the asset byte for byte; recording reads it as UTF-8. */
export async function serveExec(context: ChannelContext, payload: Buffer): Promise<void> {
  const obtained = await context.sessions.toTarget(undefined);
  if (!('session' in obtained)) return context.pending.stop(obtained.refusal);
  await runOnAsset(context, {
    session: obtained.session,
    start: { type: 'exec', payload },
    opened: { kind: 'exec', command: readOneString(payload) },
  });
}
