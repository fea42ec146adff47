import type { Clock, Timer } from '@sallyport/context';
import type { SecretInput } from './commands/index.js';

/** Longest password. */
const PASSWORD_BYTES = 256;
/** Longest input that may be passwords for a program that reads nothing else. */
const SECRETS_BYTES = 4096;
/** Most input that waits until it is known if its first line is a password. */
const WAITING_BYTES = 256 * 1024;
/** Time in which a program asks for a password. */
const ASKED_WITHIN_MS = 5_000;
const LINE_FEED = 0x0a;
/** A line that is one plain shell token. A whole command line must not pass for a password that was not asked for. */
const ONE_TOKEN = /^[^\s;&|<>()`$/={}]+$/;

export interface SecretFirstOptions {
  readonly secret: SecretInput;
  /** True if a shell or interpreter reads the input: a line that no program asked for is then a command. */
  readonly isRun: boolean;
  readonly clock: Clock;
  /** Takes input that is not a secret, in order. */
  readonly pass: (data: Buffer) => void;
  /** Takes input that may be a password. */
  readonly withhold: (data: Buffer) => void;
}

/**
 * Withholds a password at the beginning of a channel's input. Input waits until the asset asks for it with a prompt (a last line without its end),
 * for {@link ASKED_WITHIN_MS} at most. The first line is withheld if it was asked for. Without a prompt it is withheld only if it is one plain token
 * that no shell reads.
 */
export class SecretFirst {
  private held: Buffer[] = [];
  private heldBytes = 0;
  private isAsked = false;
  private isDecided: boolean;
  private timer: Timer | undefined;

  constructor(private readonly options: SecretFirstOptions) {
    this.isDecided = options.secret === 'none';
  }

  input(data: Buffer): void {
    if (this.isDecided) return this.options.pass(data);
    this.held.push(Buffer.from(data));
    this.heldBytes += data.length;
    this.timer ??= this.options.clock.timeout(ASKED_WITHIN_MS, () => this.timeIsUp());
    if (this.isAsked || this.heldBytes > (this.options.secret === 'all' ? SECRETS_BYTES : WAITING_BYTES)) this.decide();
  }

  /** Takes output. Output that ends within a line is a question. */
  output(data: Buffer): void {
    if (this.isDecided || data.length === 0) return;
    this.isAsked = data.at(-1) !== LINE_FEED;
    if (this.isAsked && this.heldBytes > 0) this.decide();
  }

  close(): void {
    this.release();
  }

  private timeIsUp(): void {
    // All the input of a program that reads passwords alone may be passwords, however slowly it comes.
    if (this.options.secret === 'first-line') this.release();
  }

  private decide(): void {
    const { secret } = this.options;
    if (secret === 'all' && this.heldBytes <= SECRETS_BYTES) return;
    const isLineWhole = this.held.some((part) => part.includes(LINE_FEED)) || this.heldBytes > PASSWORD_BYTES;
    if (secret === 'all' || isLineWhole) this.release();
  }

  private release(): void {
    if (this.isDecided) return;
    this.isDecided = true;
    this.timer?.cancel();
    const all = Buffer.concat(this.held.splice(0));
    const bytes = this.secretBytes(all);
    if (bytes > 0) this.options.withhold(all.subarray(0, bytes));
    if (bytes < all.length) this.options.pass(all.subarray(bytes));
  }

  private secretBytes(all: Buffer): number {
    const { secret, isRun } = this.options;
    if (secret === 'all') return all.length > SECRETS_BYTES ? 0 : all.length;
    const end = all.indexOf(LINE_FEED) + 1 || all.length;
    if (end > PASSWORD_BYTES) return 0;
    const isToken = ONE_TOKEN.test(all.toString('utf8', 0, end).trimEnd());
    return this.isAsked || (isToken && !isRun) ? end : 0;
  }
}
