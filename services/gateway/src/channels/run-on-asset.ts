import type { ChannelOpen } from '@sallyport/recording-format';
import { toAppError } from '@sallyport/errors';
import type { Session } from '../session/index.js';
import type { SshChannel } from '../ssh/index.js';
import type { TapMaker } from '../taps/channel-tap.js';
import type { ChannelLobby, StartRequest } from './channel-lobby.js';
import { ChannelRelay } from './relay.js';

/** What runs where. */
export interface AssetRun {
  session: Session;
  lobby: ChannelLobby;
  start: StartRequest;
  /** What the recording says of the channel, beside its terminal. */
  opened: Pick<ChannelOpen, 'kind' | 'command'>;
  makeTap: TapMaker;
  onRefused(type: string): void;
}

/** Opens a channel of the session's connection, once that is dialled, and passes the client's through to it. Resolves when that is over. */
export async function runOnAsset(run: AssetRun): Promise<void> {
  const { session, lobby } = run;
  session.join(lobby);
  const asset = await openChannel(session, lobby);
  if (!asset) return;
  if (lobby.isClosed) return asset.close();
  const relay = new ChannelRelay({
    client: lobby.side,
    asset,
    lobby,
    start: run.start,
    tap: makeTap(run),
    onActivity: () => session.touch(),
    onRefused: run.onRefused,
  });
  session.join(relay);
  await Promise.all([relay.done, relay.left]);
}

/** The asset's channel; undefined when there is none, after the client was told. */
async function openChannel(session: Session, lobby: ChannelLobby): Promise<SshChannel | undefined> {
  const connection = await session.connected().catch(() => undefined); // the session has told its participants why
  if (!connection) return undefined;
  try {
    return await connection.openSession();
  } catch (error) {
    if (session.isAlive) lobby.stop(toAppError(error).message);
    return undefined;
  }
}

function makeTap({ session, lobby, opened, makeTap }: AssetRun) {
  const { terminal } = lobby;
  const pty = terminal && { cols: terminal.cols, rows: terminal.rows, term: terminal.term };
  return makeTap({
    recording: session.recording,
    channel: session.nextChannel(),
    opened: { ...opened, ...(pty && { pty }) },
    maxOutputBytes: session.facts.maxOutputBytes,
    startedAtMs: session.facts.startedAt.getTime(),
    sessionId: session.facts.sessionId,
  });
}
