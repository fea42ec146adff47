import { on, EventEmitter } from 'node:events';
import type { IngestRequest, IngestResponse } from '@sallyport/proto-gen/recording/v1/ingest';
import { encodePayload, FrameKind } from '@sallyport/recording-format';
import { waitUntil } from '@sallyport/testkit';
import type { IngestDeps } from '../src/ingest/ingest-session.js';
import { IngestStream } from '../src/ingest/ingest-stream.js';
import type { ASession } from './a-session.js';

/** One stream to a recorder's handlers, driven by a test. */
export class AGateway {
  readonly answers: IngestResponse[] = [];
  /** Messages that the recorder has read from the stream. */
  taken = 0;
  private readonly wire = new EventEmitter();
  private readonly stop = new AbortController();
  readonly over: Promise<void>;

  constructor(deps: IngestDeps) {
    const messages = on(this.wire, 'message', { close: ['end'] });
    const requests = this.counted(messages);
    this.over = new IngestStream(deps, { write: async (answer) => void this.answers.push(answer) }).run(requests, this.stop.signal);
  }

  send(message: IngestRequest['message']): this {
    this.wire.emit('message', { message });
    return this;
  }

  /** Opens a session; as new if no recorder of the test was sent it before, as a gateway does. */
  open(session: ASession, isNew = !session.wasSent): this {
    session.wasSent = true;
    const meta = Buffer.from(encodePayload(FrameKind.session, session.meta));
    return this.send({ $case: 'open', value: { sessionId: session.id, meta, isNew } });
  }

  batch(session: ASession, from = 1, to = session.frames.length): this {
    return this.send({ $case: 'batch', value: { sessionId: session.id, firstSeq: BigInt(from), frames: session.bytes(from, to) } });
  }

  close(session: ASession): this {
    return this.send({ $case: 'close', value: { sessionId: session.id, lastSeq: session.lastSeq, link: session.link() } });
  }

  /** Returns the last answer about a session. */
  last(session: ASession): { durable: bigint; published: bigint; closed: boolean } | { code: string } | undefined {
    const own = this.answers.flatMap(({ message }) => (message?.value.sessionId === session.id ? [message] : []));
    const answer = own.at(-1);
    if (answer === undefined) return undefined;
    if (answer.$case === 'rejection') return { code: answer.value.code };
    return { durable: answer.value.durableSeq, published: answer.value.publishedSeq, closed: answer.value.closed };
  }

  /** Waits until the last answer about a session is this one. */
  async until(session: ASession, wanted: Partial<{ durable: bigint; published: bigint; closed: boolean; code: string }>): Promise<void> {
    const matches = (): boolean => {
      const last = this.last(session) as Record<string, unknown> | undefined;
      return last !== undefined && Object.entries(wanted).every(([name, value]) => last[name] === value);
    };
    if (await waitUntil(async () => matches(), 10_000, 5)) return;
    throw new Error(`waited for ${show(wanted)}, the last answer was ${show(this.last(session))}`);
  }

  /** Ends the stream from the gateway's side. */
  async end(): Promise<void> {
    this.wire.emit('end');
    await this.over;
  }

  /** Breaks the stream, or stops the recorder. */
  async cut(): Promise<void> {
    this.stop.abort();
    await this.over;
  }

  private async *counted(messages: AsyncIterable<unknown[]>): AsyncGenerator<IngestRequest> {
    for await (const [message] of messages) {
      this.taken++;
      yield message as IngestRequest;
    }
  }
}

const show = (value: unknown): string => JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? Number(one) : one));
