import type { ChannelOpen } from '@sallyport/recording-format';
import { toAppError } from '@sallyport/errors';
import { outputExceeded, type Session } from '../session/index.js';
import type { SshChannel } from '../ssh/index.js';
import type { OutputLimit } from '../taps/channel-recorder.js';
import type { ChannelTap } from '../taps/channel-tap.js';
import type { ChannelContext } from './channel-context.js';
import { decide, rulesOf, type PolicyDecision, type PolicyRequest } from './channel-policy.js';
import type { PendingChannel } from './pending-channel.js';
import { SessionRelay } from './session-relay.js';
import { pixelsOf, readVariable } from './terminal-request.js';
import { policyName, type StartRequest } from './start-request.js';

/** A pending channel and the collaborators that its program needs. */
type ProgramContext = Pick<ChannelContext, 'pending' | 'deps' | 'onRefused'>;

/** A program to run on an asset. */
export interface AssetProgram {
  session: Session;
  start: StartRequest;
  /** The recording's facts about the channel, beside its terminal. */
  opened: Pick<ChannelOpen, 'kind' | 'command'>;
}

/** Opens a channel on the session's asset, once that is connected, and relays the client's channel to it. Resolves when the relay is over. */
export async function runOnAsset(context: ProgramContext, program: AssetProgram): Promise<void> {
  const { pending, onRefused } = context;
  const { session, start } = program;
  const decideNow = (request: PolicyRequest): PolicyDecision => decide(request, rulesOf(session));
  const decision = decideNow({ from: 'client', layer: 'channel-request', ...policyName(start) });
  if (decision.kind === 'refuse') {
    onRefused(start.type, decision.reason);
    return pending.stop(decision.message);
  }
  session.join(pending);
  const asset = await openChannel(session, pending);
  if (!asset) return;
  if (pending.isClosed) return asset.close();
  if (context.deps.showsAssetBanners) pending.showBanner(session.takeBanner());
  const relay = new SessionRelay({
    client: pending.side,
    asset,
    pending,
    start,
    decide: decideNow,
    tap: makeTap(context, program),
    onActivity: () => session.touch(),
    onRefused,
  });
  session.join(relay);
  await Promise.all([relay.done, relay.left]);
}

/** Returns a channel of the asset. Returns undefined, after the client was notified, if there is none. A session that has ended notified it itself. */
async function openChannel(session: Session, pending: PendingChannel): Promise<SshChannel | undefined> {
  try {
    return await pending.assetChannel(session);
  } catch (error) {
    if (session.isAlive) pending.stop(toAppError(error).message);
    return undefined;
  }
}

/** Returns the limit of a channel's recorded output. A strict session does not go on without a record: it ends. */
function outputLimit(session: Session): OutputLimit {
  const { maxOutputBytes: bytes, recordingMode } = session.facts;
  return { bytes, onExceeded: recordingMode === 'strict' ? () => session.end(outputExceeded(bytes)) : undefined };
}

function makeTap({ pending, deps }: ProgramContext, { session, opened }: AssetProgram): ChannelTap {
  const { terminal } = pending;
  const pty = terminal && {
    term: terminal.term,
    cols: terminal.cols,
    rows: terminal.rows,
    ...pixelsOf(terminal),
    ...(terminal.isEchoOff && { echo: false }),
  };
  const env = pending.environment.flatMap((payload) => readVariable(payload) ?? []);
  return deps.makeTap({
    recording: session.recording,
    channel: session.nextChannel(),
    opened: { ...opened, ...(pty && { pty }), ...(env.length > 0 && { env }) },
    outputLimit: outputLimit(session),
    startedAtMs: session.facts.startedAt.getTime(),
    sessionId: session.facts.sessionId,
  });
}
