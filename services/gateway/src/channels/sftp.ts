import type { ChannelContext } from './channel-context.js';
import { runOnAsset } from './run-on-asset.js';

/** Relays the SFTP subsystem of the asset. */
export async function serveSftp(context: ChannelContext, payload: Buffer): Promise<void> {
  const obtained = await context.sessions.toTarget(undefined);
  if (!('session' in obtained)) return context.pending.stop(obtained.refusal);
  await runOnAsset(context, { session: obtained.session, start: { type: 'subsystem', payload }, opened: { kind: 'sftp' } });
}
