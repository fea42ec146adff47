/** Answers global requests in the order of their arrival (RFC 4254 §4), however long each decision takes. */
import { SshWriter } from '../wire/index.js';
import { Message } from '../transport/message.js';
import type { GlobalReply, GlobalRequest } from './global-request.js';

/** The functions of the connection that the queue uses. */
export interface GlobalRequestPort {
  send(payload: Buffer): void;
  decide(request: GlobalRequest): GlobalReply | Promise<GlobalReply>;
  /** Stops reading the peer until `release`, because too many requests wait. */
  hold(): void;
  release(): void;
  fail(error: unknown): void;
}

/** See the head of this file. */
export class GlobalRequestQueue {
  private readonly waiting: GlobalRequest[] = [];
  private isDeciding = false;
  private isHolding = false;

  constructor(
    private readonly port: GlobalRequestPort,
    private readonly limit: number,
  ) {}

  /** Decides on the request at once, or after the earlier ones. */
  push(request: GlobalRequest): void {
    this.waiting.push(request);
    if (!this.isDeciding) this.next();
    else if (this.waiting.length >= this.limit && !this.isHolding) this.hold();
  }

  private hold(): void {
    this.isHolding = true;
    this.port.hold();
  }

  private next(): void {
    for (;;) {
      const request = this.waiting.shift();
      if (request === undefined) return;
      const verdict = this.port.decide(request);
      if (verdict instanceof Promise) return this.settle(request, verdict);
      this.reply(request, verdict);
    }
  }

  private settle(request: GlobalRequest, verdict: Promise<GlobalReply>): void {
    this.isDeciding = true;
    verdict
      .catch(() => false)
      .then((reply) => {
        this.isDeciding = false;
        this.reply(request, reply);
        this.next();
        if (!this.isHolding || this.waiting.length > 0) return;
        this.isHolding = false;
        this.port.release();
      })
      .catch((error: unknown) => this.port.fail(error));
  }

  private reply(request: GlobalRequest, reply: GlobalReply): void {
    if (!request.wantsReply) return;
    if (reply === false) return this.port.send(Buffer.of(Message.requestFailure));
    const content = reply === true ? Buffer.alloc(0) : reply;
    return this.port.send(new SshWriter(content.length + 1).writeByte(Message.requestSuccess).writeBytes(content).finish());
  }
}
