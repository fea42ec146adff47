/** One keyboard-interactive conversation as a server leads it (RFC 4256 §3). */
import { SshProtocolError } from '../wire/index.js';
import { ConversationAbandoned, type PromptSet } from './attempt.js';
import { decodeInfoResponse, encodeInfoRequest } from './userauth-messages.js';

interface Question {
  readonly answers: number;
  resolve(answers: string[]): void;
  reject(reason: Error): void;
}

/** Asks one set of prompts at a time; ends when it is abandoned. */
export class Conversation {
  private question: Question | undefined;
  private isOver = false;

  constructor(private readonly send: (payload: Buffer) => void) {}

  /** True once `abandon` was called: what comes of it does not matter any more. */
  get isAbandoned(): boolean {
    return this.isOver;
  }

  /** Sends the prompts and waits. Rejects with ConversationAbandoned once the client has turned away. */
  ask(set: PromptSet): Promise<string[]> {
    if (this.isOver) return Promise.reject(new ConversationAbandoned());
    if (this.question !== undefined) return Promise.reject(new RangeError('The client has not answered the last prompts yet'));
    this.send(encodeInfoRequest(set));
    return new Promise((resolve, reject) => {
      this.question = { answers: set.prompts.length, resolve, reject };
    });
  }

  /** Takes INFO_RESPONSE; throws SshProtocolError when none is due or it is malformed. */
  onResponse(payload: Buffer): void {
    const { question } = this;
    if (question === undefined) throw SshProtocolError.malformed('Answers to prompts that were not asked');
    const answers = decodeInfoResponse(payload, question.answers);
    this.question = undefined;
    question.resolve(answers);
  }

  /** The client tries something else, or the connection ended. */
  abandon(): void {
    this.isOver = true;
    this.question?.reject(new ConversationAbandoned());
    this.question = undefined;
  }
}
