import { ofSession } from '@sallyport/telemetry';
import { toAppError } from '@sallyport/errors';
import type { IngestRequest, IngestResponse, OpenRecording } from '@sallyport/proto-gen/recording/v1/ingest';
import type { MessageSink } from '@sallyport/rpc';
import { AnswerSender } from './answer-sender.js';
import { RecordingNotOpen } from './ingest.errors.js';
import { type IngestDeps, IngestSession } from './ingest-session.js';
import { untilStopped } from './until-stopped.js';

/**
 * One gateway's stream. Reading stops while the process holds too many bytes that are not stored yet; answers go on. When the stream ends,
 * from either side, received frames are stored before the call ends.
 */
export class IngestStream {
  private readonly sessions = new Map<string, IngestSession>();
  private readonly answers: AnswerSender;

  constructor(
    private readonly deps: IngestDeps,
    out: MessageSink<IngestResponse>,
  ) {
    this.answers = new AnswerSender(out);
  }

  /** Runs until the gateway is done or gone, or `stop` fires. */
  async run(requests: AsyncIterable<IngestRequest>, stop: AbortSignal): Promise<void> {
    try {
      for await (const request of untilStopped(requests, stop)) {
        await this.take(request);
        await this.deps.budget.whenRoom(stop);
      }
    } finally {
      await Promise.all([...this.sessions.values()].map((session) => session.leave()));
      await this.answers.drain();
    }
  }

  private async take({ message }: IngestRequest): Promise<void> {
    switch (message?.$case) {
      case 'open':
        return this.open(message.value);
      case 'batch':
        return this.onSession(message.value.sessionId, (session) => session.batch(message.value));
      case 'close':
        // Not awaited: other sessions of the stream go on meanwhile.
        return this.onSession(message.value.sessionId, (session) => void session.close(message.value));
      case undefined:
        return undefined;
    }
  }

  private open(open: OpenRecording): void {
    try {
      const session: IngestSession = new IngestSession(open, this.deps, () => this.changed(session));
      this.sessions.set(open.sessionId, session);
    } catch (error) {
      this.refuse(open.sessionId, error);
    }
  }

  /** Removes a finished session: a stream lives as long as its gateway, and must not keep it. */
  private changed(session: IngestSession): void {
    this.answers.push(session, () => session.answer());
    if (!session.isFinished) return;
    if (this.sessions.get(session.sessionId) === session) this.sessions.delete(session.sessionId);
    void session.leave();
  }

  /** Runs work on an open session. A gateway waits for the answer to its open, so hardly anything waits here. */
  private async onSession(sessionId: string, work: (session: IngestSession) => void): Promise<void> {
    const session = this.sessions.get(sessionId);
    if (session === undefined) return this.refuse(sessionId, new RecordingNotOpen(sessionId));
    await session.ready;
    work(session);
  }

  private refuse(sessionId: string, thrown: unknown): void {
    const { code, message } = toAppError(thrown);
    this.deps.logger.error({ err: thrown, ...ofSession(sessionId) }, 'a recording was refused');
    this.answers.push({}, () => ({ message: { $case: 'rejection', value: { sessionId, code, message } } }));
  }
}
