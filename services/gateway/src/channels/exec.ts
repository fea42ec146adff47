import type { ChannelContext } from './channel-context.js';
import { runOnAsset } from './run-on-asset.js';
import { readOneString } from './terminal-request.js';

/** A command line, with or without a terminal. It goes to the asset byte for byte; recording reads it as UTF-8. */
export async function serveExec({ lobby, source, tools, onRefused }: ChannelContext, payload: Buffer): Promise<void> {
  const obtained = await source.toTarget(undefined);
  if (!('session' in obtained)) return lobby.stop(obtained.words);
  const opened = { kind: 'exec', command: readOneString(payload) };
  await runOnAsset({ session: obtained.session, lobby, start: { type: 'exec', payload }, opened, onRefused, ...tools });
}
