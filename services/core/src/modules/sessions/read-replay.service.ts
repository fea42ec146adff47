import type { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import type { OrgCtx } from '@sallyport/context';
import { RemoteError } from '@sallyport/errors';
import type { PlaybackServiceService } from '@sallyport/proto-gen/recording/v1/playback';
import type { RpcClient } from '@sallyport/rpc';
import { isPeerAway, reach } from '../../rpc/index.js';
import { AuditLog } from '../audits/index.js';
import { sessionName } from './session-name.js';
import { replayBody } from './replay-body.js';
import { planReplay, type ReplayPlan, type ReplayWish } from './replay-plan.js';
import { RecorderUnavailable, RecordingNotFound, sessionNotFound } from './session.errors.js';
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
    const session = await this.sessions.find(ctx, wish.sessionId);
    if (!session) throw sessionNotFound(wish.sessionId);
    await reach(this.recorder);
    const plan = await this.asking(session, async () => {
      const request = { sessionId: session.id };
      return planReplay(
        wish,
        await this.recorder.unary('describe', request, { timeoutMs: DESCRIBE_TIMEOUT_MS, signal: ctx.signal, requestId: ctx.requestId }),
      );
    });
    const body = await this.asking(session, () => this.begin(ctx, session, plan));
    try {
      await this.auditRead(ctx, session, wish);
    } catch (error) {
      body?.destroy();
      throw error;
    }
    return { plan, body };
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
        return dataOf(this.recorder.serverStream('readAsciicast', { sessionId, channel: plan.channel }, options));
      case 'bundle':
        return dataOf(this.recorder.serverStream('readBundle', { sessionId }, options));
      case 'nothing':
        return undefined;
    }
  }

  private async asking<T>(session: Session, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      if (error.kind === 'not_found') throw new RecordingNotFound(session.id);
      throw isPeerAway(error) ? new RecorderUnavailable(error) : error;
    }
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

async function* dataOf(messages: AsyncIterable<{ data: Buffer }>): AsyncGenerator<Buffer> {
  for await (const { data } of messages) yield data;
}

async function* framesOf(messages: AsyncIterable<{ frames: Buffer }>): AsyncGenerator<Buffer> {
  for await (const { frames } of messages) yield frames;
}
