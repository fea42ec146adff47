import type { ChannelContext } from './channel-context.js';
import { runOnAsset } from './run-on-asset.js';

/** The SFTP subsystem: the asset's own, passed through. */
export async function serveSftp({ lobby, source, tools, onRefused }: ChannelContext, payload: Buffer): Promise<void> {
  const obtained = await source.toTarget(undefined);
  if (!('session' in obtained)) return lobby.stop(obtained.words);
  await runOnAsset({
    session: obtained.session,
    lobby,
    start: { type: 'subsystem', payload },
    opened: { kind: 'sftp' },
    onRefused,
    ...tools,
  });
}
