/** For fuzzing the layers above the transport without a key exchange for each connection: an open transport without packets. */
import { systemClock } from '../../transport/clock.js';
import { LocalDisconnect } from '../../transport/connection-end.js';
import { DEFAULT_TRANSPORT_LIMITS } from '../../transport/limits.js';
import type { SshTransport, TransportListener } from '../../transport/ssh-transport.js';
import { plainOpener, plainSealer } from '../../crypto/index.js';

/** The members of a transport that the layers above use. */
type Used = Pick<
  SshTransport,
  | 'role'
  | 'clock'
  | 'limits'
  | 'sessionId'
  | 'algorithms'
  | 'peerExtensions'
  | 'hasEnded'
  | 'isExchanging'
  | 'room'
  | 'setListener'
  | 'send'
  | 'allowRekey'
  | 'rekey'
  | 'compute'
  | 'holdInput'
  | 'releaseInput'
  | 'disconnect'
  | 'fail'
>;

/** Delivers payloads as a transport does: an error of a layer ends the connection, and payloads wait while the input is held. */
export class BareTransport implements Used {
  readonly clock = systemClock;
  readonly limits = DEFAULT_TRANSPORT_LIMITS;
  readonly sessionId = Buffer.alloc(32, 9);
  readonly algorithms = undefined;
  readonly peerExtensions = new Map<string, Buffer>();
  readonly isExchanging = false;
  readonly room = 1_000_000;
  readonly inbound = { framing: plainOpener() };
  readonly outbound = { framing: plainSealer(), backlog: 0 };
  hasEnded = false;
  /** Number of payloads that were sent. */
  sent = 0;
  private listener: TransportListener = { packet: () => true, closed: () => undefined };
  private holds = 0;
  private readonly waiting: Buffer[] = [];

  constructor(readonly role: 'server' | 'client') {}

  /** Returns this object as the type that the constructors of the layers require. */
  get asTransport(): SshTransport {
    return this as unknown as SshTransport;
  }

  deliver(payload: Buffer): void {
    if (this.hasEnded) return;
    if (this.holds > 0) this.waiting.push(payload);
    else this.pass(payload);
  }

  setListener(listener: TransportListener): void {
    this.listener = listener;
  }

  ready(): void {
    this.listener.ready?.();
  }

  send(): void {
    this.sent += 1;
  }

  allowRekey(): void {}
  rekey(): void {}

  compute<T>(_price: number, computation: () => Promise<T>): Promise<T> {
    return computation();
  }

  holdInput(): void {
    this.holds += 1;
  }

  releaseInput(): void {
    this.holds -= 1;
    while (this.holds === 0 && this.waiting.length > 0 && !this.hasEnded) this.pass(this.waiting.shift()!);
  }

  disconnect(reason: number, message: string): void {
    this.end(new LocalDisconnect(reason, message));
  }

  fail(error: unknown): void {
    this.end(error as Error);
  }

  end(reason: Error): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.waiting.length = 0;
    this.listener.closed(reason);
  }

  private pass(payload: Buffer): void {
    try {
      this.listener.packet(payload[0]!, payload);
    } catch (error) {
      this.fail(error);
    }
  }
}
