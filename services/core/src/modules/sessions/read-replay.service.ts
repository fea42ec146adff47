import type { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import type { OrgCtx } from '@sallyport/context';
import { RemoteError } from '@sallyport/errors';
import type { DescribeResponse, PlaybackServiceService, RecordedChannel } from '@sallyport/proto-gen/recording/v1/playback';
import type { RpcClient } from '@sallyport/rpc';
import { isPeerAway, reach } from '../../rpc/index.js';
import { AuditLog } from '../audits/index.js';
import { checkRecording } from './check-recording.js';
import { sessionName } from './session-name.js';
import { replayBody } from './replay-body.js';
import { planReplay, type ReplayPlan, type ReplayWish } from './replay-plan.js';
import { RecorderUnavailable, RecordingAltered, RecordingNotFound, sessionNotFound } from './session.errors.js';
import { SessionRepository, type Session } from './session.repository.js';

export const RECORDER = Symbol('Recorder');
export type Recorder = Pick<RpcClient<PlaybackServiceService>, 'unary' | 'serverStream' | 'waitForReady'>;

/** A replay that is being read. */
export interface Replay {
  readonly plan: ReplayPlan;
  /** Reads from the recorder as fast as it is read itself; destroying it ends the recorder's call. Undefined for an empty answer. */
  readonly body: Readable | undefined;
}

const DESCRIBE_TIMEOUT_MS = 10_000;

@Injectable()
export class ReadReplay {
  constructor(
    private readonly sessions: SessionRepository,
    private readonly audit: AuditLog,
    @Inject(RECORDER) private readonly recorder: Recorder,
  ) {}

  /**
   * Opens a replay and audits its reader. Throws SESSION_NOT_FOUND, RecordingNotFound, RecordingNotClosed (a bundle needs the
   * manifest), ReplayRangeInvalid and RecorderUnavailable; once the body flows, a failure breaks it off.
   */
  async open(ctx: OrgCtx, wish: ReplayWish): Promise<Replay> {
    const session = await this.find(ctx, wish.sessionId);
    const plan = await this.asking(ctx, session, async () => planReplay(wish, await this.describe(ctx, session)));
    const body = await this.asking(ctx, session, () => this.begin(ctx, session, plan));
    try {
      await this.auditRead(ctx, session, wish);
    } catch (error) {
      body?.destroy();
      throw error;
    }
    return { plan, body };
  }

  /** Returns the channels of a recording with their counts, in the order of opening. Throws SESSION_NOT_FOUND, RecordingNotFound and RecorderUnavailable. */
  async channels(ctx: OrgCtx, sessionId: string): Promise<RecordedChannel[]> {
    const session = await this.find(ctx, sessionId);
    return (await this.asking(ctx, session, () => this.describe(ctx, session, true))).channels;
  }

  /** Returns the session once the recorder can be asked about it. */
  private async find(ctx: OrgCtx, sessionId: string): Promise<Session> {
    const session = await this.sessions.find(ctx, sessionId);
    if (!session) throw sessionNotFound(sessionId);
    await reach(this.recorder);
    return session;
  }

  private async describe(ctx: OrgCtx, session: Session, withCounts = false): Promise<DescribeResponse> {
    const options = { timeoutMs: DESCRIBE_TIMEOUT_MS, signal: ctx.signal, requestId: ctx.requestId };
    const recording = await this.recorder.unary('describe', { sessionId: session.id, withCounts }, options);
    checkRecording(session, recording);
    return recording;
  }

  /** Waits for the first piece, so that what the recorder refuses is still a proper answer. */
  private async begin(ctx: OrgCtx, session: Session, plan: ReplayPlan): Promise<Readable | undefined> {
    const abort = new AbortController();
    const pieces = this.pieces(ctx, session.id, plan, abort.signal)?.[Symbol.asyncIterator]();
    if (!pieces) return undefined;
    return replayBody(await pieces.next(), pieces, () => abort.abort());
  }

  private pieces(ctx: OrgCtx, sessionId: string, plan: ReplayPlan, signal: AbortSignal): AsyncIterable<Buffer> | undefined {
    const options = { signal: AbortSignal.any([signal, ctx.signal]), requestId: ctx.requestId };
    switch (plan.source) {
      case 'bytes':
        if (plan.size === 0) return undefined;
        return dataOf(
          this.recorder.serverStream(
            'readBytes',
            { sessionId, offset: BigInt(plan.first), length: BigInt(plan.last - plan.first + 1) },
            options,
          ),
        );
      case 'frames':
        return framesOf(this.recorder.serverStream('readFrames', { sessionId, fromUs: plan.fromUs, toUs: plan.toUs }, options));
      case 'asciicast':
        return dataOf(
          this.recorder.serverStream(
            'readAsciicast',
            { sessionId, channel: plan.channel, fromUs: plan.fromUs, toUs: plan.toUs, withoutMarkers: plan.withoutMarkers },
            options,
          ),
        );
      case 'bundle':
        return dataOf(this.recorder.serverStream('readBundle', { sessionId }, options));
      case 'nothing':
        return undefined;
    }
  }

  private async asking<T>(ctx: OrgCtx, session: Session, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      const altered = alteration(session.id, error);
      if (altered !== undefined) await this.auditAltered(ctx, session, altered);
      if (altered !== undefined || !(error instanceof RemoteError)) throw altered ?? error;
      if (error.kind === 'not_found') throw new RecordingNotFound(session.id);
      throw isPeerAway(error) ? new RecorderUnavailable(error) : error;
    }
  }

  private async auditAltered(ctx: OrgCtx, session: Session, { why }: RecordingAltered): Promise<void> {
    await this.audit.write(ctx, {
      type: 'session.recording-altered',
      outcome: 'refused',
      resource: { kind: 'session', id: session.id, name: sessionName(session) },
      facts: { why, user: session.username, asset: session.assetName, account: session.account },
    });
  }

  private async auditRead(ctx: OrgCtx, session: Session, wish: ReplayWish): Promise<void> {
    await this.audit.write(ctx, {
      type: 'session.replay-read',
      outcome: 'success',
      resource: { kind: 'session', id: session.id, name: sessionName(session) },
      facts: { format: wish.format, user: session.username, asset: session.assetName, account: session.account },
    });
  }
}

/** Returns the error for a recording that the recorder, or core itself, found altered; undefined for another error. */
function alteration(sessionId: string, error: unknown): RecordingAltered | undefined {
  if (error instanceof RecordingAltered) return error;
  const isDamaged = error instanceof RemoteError && error.code === 'RECORDING_DAMAGED';
  return isDamaged ? new RecordingAltered(sessionId, error.message, error) : undefined;
}

async function* dataOf(messages: AsyncIterable<{ data: Buffer }>): AsyncGenerator<Buffer> {
  for await (const { data } of messages) yield data;
}

async function* framesOf(messages: AsyncIterable<{ frames: Buffer }>): AsyncGenerator<Buffer> {
  for await (const { frames } of messages) yield frames;
}
