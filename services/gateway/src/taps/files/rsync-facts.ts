import { uuidv7, type Clock } from '@sallyport/context';
import { asText, outcome, type FileFact, type FileTap } from './file-fact.js';
import { rsyncPaths, type RsyncCommand } from './rsync-command.js';
import { Transfer } from './transfer.js';

export interface RsyncFactsOptions {
  readonly command: RsyncCommand;
  readonly emit: (fact: FileFact) => void;
  readonly clock: Clock;
  /** Called when the stream is not rsync's; nothing is reported after it. */
  readonly onBroken: () => void;
}

/** Protocol versions: rsync's MIN and MAX_PROTOCOL_VERSION, with room for newer ones. Each side sends its own first, as a 32-bit little-endian number. */
const VERSIONS = { min: 20, max: 60 };
/** Other beginnings of a side: arguments that are not on the command line, and the greeting of a daemon. */
const OTHER_BEGINNINGS = ['rsync\0', '@RSYNCD:'];
/** Most bytes of arguments to read. */
const ARGUMENTS_BYTES = 8192;

/** The first bytes of one side. */
class Beginning {
  isRight = false;
  private bytes = Buffer.alloc(0);

  /** Returns false if the bytes cannot be rsync's. */
  take(data: Buffer): boolean {
    if (this.isRight) return true;
    this.bytes = Buffer.concat([this.bytes, data.subarray(0, 16)]);
    const text = this.bytes.toString('latin1');
    this.isRight = this.isVersion() ? text.length >= 4 : OTHER_BEGINNINGS.some((one) => text.startsWith(one));
    return this.isVersion() || OTHER_BEGINNINGS.some((one) => one.startsWith(text) || text.startsWith(one));
  }

  private isVersion(): boolean {
    const [version = 0, ...rest] = this.bytes.subarray(0, 4);
    return version >= VERSIONS.min && version <= VERSIONS.max && rest.every((byte) => byte === 0);
  }
}

/** Recognizes rsync by how both sides begin, and reports a channel as one transfer: direction, paths, bytes and hash of the stream. */
class RsyncFacts implements FileTap {
  private readonly at: number;
  private readonly beginnings = { input: new Beginning(), output: new Beginning() };
  private readonly transfer = new Transfer();
  private argumentBytes = Buffer.alloc(0);
  private isBroken = false;

  constructor(private readonly options: RsyncFactsOptions) {
    this.at = options.clock.now();
  }

  input(data: Buffer): void {
    if (this.argumentBytes.length < ARGUMENTS_BYTES)
      this.argumentBytes = Buffer.concat([this.argumentBytes, data.subarray(0, ARGUMENTS_BYTES)]);
    this.take('input', data);
  }

  output(data: Buffer): void {
    this.take('output', data);
  }

  close(exitStatus?: number): void {
    const { command, emit, clock } = this.options;
    if (!this.beginnings.output.isRight) return;
    const error = this.isBroken ? 'the connection stopped speaking rsync' : outcome(exitStatus);
    const result = error === undefined ? { ok: true } : { ok: false, error };
    const content = this.transfer.end(exitStatus !== undefined && !this.isBroken);
    emit({
      id: uuidv7(),
      protocol: 'rsync',
      op: command.direction,
      path: this.paths(),
      ...content,
      ...result,
      startedAtMs: this.at,
      endedAtMs: clock.now(),
    });
  }

  private take(way: 'input' | 'output', data: Buffer): void {
    if (this.isBroken) return;
    if (!this.beginnings[way].take(data)) return this.breakOff();
    if ((way === 'input') === (this.options.command.direction === 'upload')) this.transfer.add(this.transfer.bytes, data);
  }

  private paths(): string {
    const sent = this.argumentBytes.toString('latin1').split('\0\0', 1)[0] ?? '';
    const paths = sent.startsWith('rsync\0')
      ? rsyncPaths(asText(Buffer.from(sent.replaceAll('\0', '\n'), 'latin1')).split('\n'))
      : this.options.command.paths;
    return paths.join(' ') || '.';
  }

  private breakOff(): void {
    this.isBroken = true;
    this.options.onBroken();
  }
}

/** Creates a file tap for an exec channel that runs `rsync --server`. */
export const createRsyncFacts = (options: RsyncFactsOptions): FileTap => new RsyncFacts(options);
