import type { AuthAttempt, AuthMethodName, Authenticator, AuthVerdict, InteractivePrompt } from '../authenticator.js';
import { Message, ProtocolViolation, SshReader, SshWriter } from '../wire/index.js';
import { readAuthRequest, type AuthRequest } from './auth-request.js';
import { fingerprintOf, VerifiedPublicKey } from './verified-public-key.js';

/** What the server's authentication layer needs of its connection. */
export interface UserauthHost<Identity> {
  readonly sessionId: Buffer;
  send(payload: Buffer): void;
  signedIn(identity: Identity): void;
  /** Ends the connection with these words, shown to the user as a banner first. */
  refuse(words: string): void;
  /** The client broke the protocol, or we did. */
  failed(error: Error): void;
}

/** Longest request read before anybody has signed in. */
const MAX_REQUEST_BYTES = 16 * 1024;

/**
 * The server's half of RFC 4252 and RFC 4256. One request is worked on at a time; a client that sends the next before the answer
 * waits in a queue of a few. The user name may not change on the way, or a proof for one could be used for another.
 */
export class ServerUserauth<Identity> {
  private readonly queue: AuthRequest[] = [];
  private username: string | undefined;
  private isBusy = false;
  private isServiceAccepted = false;
  private pendingAnswers: { count: number; resolve(answers: string[]): void; reject(error: Error): void } | undefined;

  constructor(
    private readonly host: UserauthHost<Identity>,
    private readonly authenticator: Authenticator<Identity>,
  ) {}

  onMessage(type: number, payload: Buffer): void {
    if (payload.length > MAX_REQUEST_BYTES) throw new ProtocolViolation('Authentication request is too long');
    if (type === Message.SERVICE_REQUEST) return this.acceptService(new SshReader(payload, 1).readText());
    if (!this.isServiceAccepted) throw new ProtocolViolation('Authentication was not asked for as a service');
    if (type === Message.USERAUTH_INFO_RESPONSE) return this.takeAnswers(payload);
    if (type !== Message.USERAUTH_REQUEST) throw new ProtocolViolation(`Message ${type} is not allowed before authentication`);
    this.enqueue(readAuthRequest(payload));
  }

  /** The connection is gone. */
  stop(): void {
    this.queue.length = 0;
    this.abandonAnswers();
  }

  private acceptService(name: string): void {
    if (name !== 'ssh-userauth') throw new ProtocolViolation(`Service "${name.slice(0, 64)}" is not offered`);
    this.isServiceAccepted = true;
    this.host.send(new SshWriter().byte(Message.SERVICE_ACCEPT).string(name).finish());
  }

  private enqueue(request: AuthRequest): void {
    if (this.queue.length >= 4) throw new ProtocolViolation('Too many authentication requests at once');
    this.queue.push(request);
    this.abandonAnswers(); // RFC 4256 §3.1: a new request abandons the dialogue under way
    if (!this.isBusy) this.work().catch((error: unknown) => this.host.failed(error as Error));
  }

  private async work(): Promise<void> {
    this.isBusy = true;
    for (let request = this.queue.shift(); request; request = this.queue.shift()) {
      this.username ??= request.username;
      if (this.username !== request.username) return this.host.refuse('The user name may not change during authentication.');
      const verdict = await this.judge(request);
      if (verdict && !this.answer(request, verdict)) return;
    }
    this.isBusy = false;
  }

  /** An abandoned dialogue gets no answer (RFC 4256 §3.1): undefined. */
  private async judge(request: AuthRequest): Promise<AuthVerdict<Identity> | undefined> {
    try {
      return await this.authenticator.attempt(request.username, this.asAttempt(request));
    } catch (error) {
      if (error instanceof DialogueAbandoned) return undefined;
      throw error;
    }
  }

  private asAttempt(request: AuthRequest): AuthAttempt {
    if (request.service !== 'ssh-connection') return { method: 'unsupported', name: request.service };
    switch (request.method) {
      case 'none':
        return { method: 'none' };
      case 'password':
        return { method: 'password', password: request.password };
      case 'publickey-query':
        return { method: 'publickey-query', fingerprint: fingerprintOf(request.blob) };
      case 'publickey': {
        const signedData = new SshWriter().string(this.host.sessionId).bytes(request.signedPart).finish();
        return { method: 'publickey', fingerprint: fingerprintOf(request.blob), verify: () => VerifiedPublicKey.verify({ ...request, signedData }) };
      }
      case 'keyboard-interactive':
        return { method: 'keyboard-interactive', ask: (instruction, prompts) => this.ask(instruction, prompts) };
      case 'other':
        return { method: 'unsupported', name: request.name };
    }
  }

  /** Sends what came of a request; false when no further one is to be worked on. */
  private answer(request: AuthRequest, verdict: AuthVerdict<Identity>): boolean {
    switch (verdict.kind) {
      case 'signed-in':
        this.host.send(Buffer.of(Message.USERAUTH_SUCCESS));
        this.host.signedIn(verdict.identity);
        return false;
      case 'refused':
        this.host.refuse(verdict.words);
        return false;
      case 'key-acceptable':
        if (request.method !== 'publickey-query') throw new Error('only a query can be answered with PK_OK');
        this.host.send(new SshWriter().byte(Message.USERAUTH_60).string(request.algorithm).string(request.blob).finish());
        return true;
      case 'failed':
        this.host.send(failure(verdict.methods, verdict.partialSuccess));
        return true;
    }
  }

  private ask(instruction: string, prompts: InteractivePrompt[]): Promise<string[]> {
    const message = new SshWriter().byte(Message.USERAUTH_60).string('').string(instruction).string('').uint32(prompts.length);
    for (const { text, echo } of prompts) message.string(text).boolean(echo);
    this.host.send(message.finish());
    return new Promise((resolve, reject) => {
      this.pendingAnswers = { count: prompts.length, resolve, reject };
    });
  }

  private takeAnswers(payload: Buffer): void {
    const pending = this.pendingAnswers;
    if (!pending) throw new ProtocolViolation('Answers came to no question');
    this.pendingAnswers = undefined;
    const reader = new SshReader(payload, 1);
    if (reader.readUint32() !== pending.count) throw new ProtocolViolation('Number of answers is not the number of questions');
    pending.resolve(Array.from({ length: pending.count }, () => reader.readText()));
  }

  private abandonAnswers(): void {
    this.pendingAnswers?.reject(new DialogueAbandoned());
    this.pendingAnswers = undefined;
  }
}

/** The client went away, or began another method, before it answered. */
class DialogueAbandoned extends Error {}

const failure = (methods: readonly AuthMethodName[], partialSuccess: boolean): Buffer =>
  new SshWriter().byte(Message.USERAUTH_FAILURE).string(methods.join(',')).boolean(partialSuccess).finish();
