import { uuidv7, type Clock } from '@sallyport/context';
import { asText, outcome, type FileFact, type FileTap } from './file-fact.js';
import type { GitCommand } from './git-command.js';
import { PktLines, type PktSink } from './pkt-lines.js';

export interface GitFactsOptions {
  readonly command: GitCommand;
  readonly emit: (fact: FileFact) => void;
  readonly clock: Clock;
  /** Takes the text that the asset sends to the user: progress and the output of hooks. */
  readonly onMessage: (data: Buffer) => void;
  /** Called when the stream is not git's; nothing is reported after it. */
  readonly onBroken: () => void;
}

interface RefUpdate {
  readonly ref: string;
  readonly from: string;
  readonly to: string;
  readonly at: number;
}

/** Most ref updates of one push to report; the rest is reported as a number. */
const UPDATE_LIMIT = 1000;
/** Most bytes of the asset's report to read. */
const REPORT_BYTES = 256 * 1024;
const OBJECT_ID = '[0-9a-f]{40}(?:[0-9a-f]{24})?';
/** A line of gitprotocol-pack, "Reference Update Request": old id, new id and name. Capabilities follow the first name. */
const UPDATE = new RegExp(`^(${OBJECT_ID}) (${OBJECT_ID}) ([^\\0\\n]+)`);

/** Follows git's fetches and pushes (gitprotocol-pack). Reports one fact for the transfer and one for each ref that a push asked to change. */
class GitFacts implements FileTap {
  private readonly at: number;
  private readonly fromClient: PktLines;
  private readonly fromAsset: PktLines;
  private readonly updates: RefUpdate[] = [];
  private updatesBeyond = 0;
  private isAsking = true;
  private bytes = { input: 0, output: 0 };
  private report = '';
  private isBroken = false;
  private hasSpoken = false;

  constructor(private readonly options: GitFactsOptions) {
    this.at = options.clock.now();
    this.fromClient = new PktLines(this.clientSink());
    this.fromAsset = new PktLines(this.assetSink());
  }

  input(data: Buffer): void {
    this.bytes.input += data.length;
    if (!this.isBroken) this.fromClient.take(data);
  }

  output(data: Buffer): void {
    this.bytes.output += data.length;
    if (!this.isBroken) this.fromAsset.take(data);
  }

  close(exitStatus?: number): void {
    if (!this.hasSpoken) return;
    const { isPush, repository } = this.options.command;
    const bytes = isPush ? this.bytes.input : this.bytes.output;
    this.emit(isPush ? 'push' : 'fetch', repository, this.at, this.isBroken ? 'the connection stopped speaking git' : outcome(exitStatus), {
      bytes,
    });
    for (const update of this.updates) this.reportUpdate(update, exitStatus);
    if (this.updatesBeyond > 0) this.emit('update-ref', `${repository} (${this.updatesBeyond} more refs)`, this.at, outcome(exitStatus));
  }

  private clientSink(): PktSink {
    return {
      packet: (body) => this.asked(body),
      flush: () => (this.isAsking = false),
      // A client never uses side bands, and an option or certificate line does not begin like a band.
      band: () => this.breakOff(),
      pack: () => (this.isAsking = false),
      broken: () => this.breakOff(),
    };
  }

  private assetSink(): PktSink {
    return {
      packet: (body) => {
        this.hasSpoken = true;
        if (!this.isAsking) this.reported(`${body.toString('utf8')}\n`);
      },
      flush: () => undefined,
      band: (number, data) => {
        if (number > 1) this.options.onMessage(data);
        else if (this.options.command.isPush) this.reported(data.toString('utf8'));
      },
      pack: () => undefined,
      broken: () => this.breakOff(),
    };
  }

  private asked(body: Buffer): void {
    if (!this.options.command.isPush || !this.isAsking) return;
    const [, from, to, ref] = UPDATE.exec(asText(Buffer.from(body.toString('latin1').replace(/\0.*$/s, ''), 'latin1'))) ?? [];
    if (from === undefined || to === undefined || ref === undefined) return;
    if (this.updates.length < UPDATE_LIMIT) this.updates.push({ from, to, ref, at: this.options.clock.now() });
    else this.updatesBeyond += 1;
  }

  private reported(text: string): void {
    if (this.report.length < REPORT_BYTES) this.report += text;
  }

  private reportUpdate({ ref, from, to, at }: RefUpdate, exitStatus: number | undefined): void {
    const refused = this.reasonAgainst(ref);
    const op = /^0+$/.test(from) ? 'create-ref' : /^0+$/.test(to) ? 'delete-ref' : 'update-ref';
    this.emit(op, `${this.options.command.repository} ${ref} ${from}..${to}`, at, refused ?? outcome(exitStatus));
  }

  /** Returns the reason of the report's `ng <ref> <reason>`. */
  private reasonAgainst(ref: string): string | undefined {
    const line = `ng ${ref} `;
    const at = this.report.indexOf(line);
    return at < 0 ? undefined : (this.report.slice(at + line.length).split('\n', 1)[0] ?? '');
  }

  private breakOff(): void {
    if (this.isBroken) return;
    this.isBroken = true;
    this.options.onBroken();
  }

  private emit(op: FileFact['op'], path: string, at: number, error: string | undefined, more: Partial<FileFact> = {}): void {
    const result = error === undefined ? { ok: true } : { ok: false, error };
    this.options.emit({
      id: uuidv7(),
      protocol: 'git',
      op,
      path,
      ...more,
      ...result,
      startedAtMs: at,
      endedAtMs: this.options.clock.now(),
    });
  }
}

/** Creates a file tap for an exec channel that runs the server side of git. */
export const createGitFacts = (options: GitFactsOptions): FileTap => new GitFacts(options);
