/** One keyboard-interactive authentication in the server role (RFC 4256 §3). */
import { SshProtocolError } from '../wire/index.js';
import { ConversationAbandoned, type PromptSet } from './attempt.js';
import { decodeInfoResponse, encodeInfoRequest } from './userauth-messages.js';

interface PendingPrompts {
  readonly answers: number;
  resolve(answers: string[]): void;
  reject(reason: Error): void;
}

/** Sends one set of prompts at a time, until it is abandoned. */
export class Conversation {
  private pending: PendingPrompts | undefined;
  private isOver = false;

  constructor(private readonly send: (payload: Buffer) => void) {}

  /** Returns true after `abandon`: the verdict is then ignored. */
  get isAbandoned(): boolean {
    return this.isOver;
  }

  /**
   * Sends the prompts and returns the answers. Rejects with ConversationAbandoned if the client sends another request.
   * Rejects with RangeError while the last prompts are not answered.
   */
  ask(set: PromptSet): Promise<string[]> {
    if (this.isOver) return Promise.reject(new ConversationAbandoned());
    if (this.pending !== undefined) return Promise.reject(new RangeError('The client has not answered the last prompts yet'));
    this.send(encodeInfoRequest(set));
    return new Promise((resolve, reject) => {
      this.pending = { answers: set.prompts.length, resolve, reject };
    });
  }

  /** Handles INFO_RESPONSE. Throws SshProtocolError if none is due or if it is malformed. */
  onResponse(payload: Buffer): void {
    const { pending } = this;
    if (pending === undefined) throw SshProtocolError.malformed('USERAUTH_INFO_RESPONSE without USERAUTH_INFO_REQUEST');
    const answers = decodeInfoResponse(payload, pending.answers);
    this.pending = undefined;
    pending.resolve(answers);
  }

  /** Ends the authentication: the client sent another request, or the connection ended. */
  abandon(): void {
    this.isOver = true;
    this.pending?.reject(new ConversationAbandoned());
    this.pending = undefined;
  }
}
