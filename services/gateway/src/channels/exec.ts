import type { ChannelContext } from './channel-context.js';
import { runOnAsset } from './run-on-asset.js';
import { readCommandLine } from './command-line.js';
import { homeNotice } from './home-notice.js';

/** Runs a command line, with or without a terminal. It goes to the asset byte for byte. */
export async function serveExec(context: ChannelContext, payload: Buffer): Promise<void> {
  const obtained = await context.sessions.toTarget(undefined);
  if (!('session' in obtained)) return context.pending.stop(obtained.refusal);
  const line = readCommandLine(payload);
  const notice = homeNotice(line.command ?? '', context.sessions.login.identity.username);
  if (notice !== '' && context.sessions.isFirstNotice()) context.pending.show(notice);
  await runOnAsset(context, {
    session: obtained.session,
    start: { type: 'exec', payload },
    opened: { kind: 'exec', ...line },
  });
}
