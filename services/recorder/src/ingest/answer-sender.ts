import type { IngestResponse } from '@sallyport/proto-gen/recording/v1/ingest';
import type { MessageSink } from '@sallyport/rpc';

/** Returns the answer when it is sent; undefined if there is nothing to send any more. */
export type Answer = () => IngestResponse | undefined;

/**
 * Sends the answers of one stream, one after the other. A waiting answer is made when it is sent, so ten positions that were reached while
 * the gateway was slow become one message.
 */
export class AnswerSender {
  private readonly waiting = new Map<object, Answer>();
  private sending: Promise<void> | undefined;
  private isBroken = false;

  constructor(private readonly out: MessageSink<IngestResponse>) {}

  /** Notes that `from` has an answer to send. */
  push(from: object, answer: Answer): void {
    if (this.isBroken) return;
    this.waiting.set(from, answer);
    this.sending ??= this.sendAll();
  }

  /** Resolves when everything was sent or can't be. */
  async drain(): Promise<void> {
    await this.sending;
  }

  private async sendAll(): Promise<void> {
    await Promise.resolve(); // answers of the same turn of the event loop become one message
    try {
      for (let next = this.next(); next !== undefined; next = this.next()) {
        const message = next();
        if (message !== undefined) await this.out.write(message);
      }
    } catch {
      // The stream is gone: the gateway opens its sessions anew and requests the positions.
      this.isBroken = true;
      this.waiting.clear();
    }
    this.sending = undefined;
  }

  private next(): Answer | undefined {
    const [first] = this.waiting;
    if (first === undefined) return undefined;
    this.waiting.delete(first[0]);
    return first[1];
  }
}
