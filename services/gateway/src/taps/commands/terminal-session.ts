import type { Clock } from '@sallyport/context';
import type { ObservedCommand } from './observed-command.js';
import { CommandTracker } from './command-tracker.js';
import { Screen } from './screen.js';
import type { TerminalEvent, TerminalStart } from './terminal-protocol.js';
import type { UnseenInput } from './unseen-lines.js';
import { emulatedSize, type TerminalSize } from './work-price.js';

export interface TerminalSessionOptions {
  readonly start: Pick<TerminalStart, 'cols' | 'rows' | 'foreground' | 'isEchoOff' | 'keepsUnseen'>;
  readonly clock: Clock;
  readonly report: (command: ObservedCommand) => void;
  readonly unseen?: (input: UnseenInput) => void;
  readonly failed: (error: unknown) => void;
}

/** One terminal in a thread: its screen, created when bytes come and released while idle, and its tracker. */
export class TerminalSession {
  private readonly tracker: CommandTracker;
  private screen: Screen | undefined;
  private size: TerminalSize;
  /** Text of the cursor's line when the screen was dropped. */
  private keptLine = '';
  private lastUsedAt: number;
  private isTaking = false;

  constructor(private readonly options: TerminalSessionOptions) {
    this.size = emulatedSize(options.start);
    this.tracker = new CommandTracker({ ...options, ...options.start });
    this.lastUsedAt = options.clock.monotonic();
  }

  /** Takes events in order; resolves when all are on the screen. */
  async take(events: readonly TerminalEvent[]): Promise<void> {
    this.lastUsedAt = this.options.clock.monotonic();
    this.isTaking = true;
    for (const event of joinOutput(events)) {
      try {
        await this.apply(event);
      } catch (error) {
        this.tracker.failed(error);
      }
    }
    this.isTaking = false;
  }

  /** Returns true while an emulator is in use. */
  get isHeld(): boolean {
    return this.screen?.isReleased === false;
  }

  /** Keeps a text in place of the emulator if no event came for `idleMs`. A screen with more state than its text stays as it is. */
  releaseIdle(idleMs: number): void {
    if (this.isIdle(idleMs)) this.screen?.release();
  }

  /** Drops the screen if no event came for `idleMs`, unless it is released. */
  dropIdle(idleMs: number): void {
    if (!this.screen || this.screen.isReleased || !this.isIdle(idleMs)) return;
    this.keptLine = this.screen.textLeft();
    this.screen.dispose();
    this.screen = undefined;
    this.tracker.follow(undefined);
  }

  close(): void {
    this.tracker.close();
    this.screen?.dispose();
  }

  private isIdle(idleMs: number): boolean {
    return !this.isTaking && this.tracker.isIdle && this.options.clock.monotonic() - this.lastUsedAt >= idleMs;
  }

  private async apply(event: TerminalEvent): Promise<void> {
    if (event.kind === 'resize') return this.resize(event);
    if (event.kind === 'gap') return this.startAnew(event.isAlternate, event.isEditing);
    const screen = this.screen ?? (await this.makeScreen(this.keptLine));
    if (event.kind === 'input') return this.tracker.input(event.data, event.at);
    this.tracker.beforeOutput(event.at);
    this.tracker.output(event.data);
    await screen.write(event.data);
    this.tracker.afterOutput();
  }

  private resize(size: TerminalSize): void {
    this.size = emulatedSize(size);
    this.screen?.resize(this.size.cols, this.size.rows);
  }

  private async startAnew(isAlternate: boolean | undefined, isEditing: boolean | undefined): Promise<void> {
    const wasAlternate = this.screen?.isAlternate === true;
    this.tracker.forget();
    this.screen?.dispose();
    this.tracker.follow(undefined);
    const screen = await this.makeScreen('');
    if (isAlternate ?? wasAlternate) await screen.write('\x1b[?1049h');
    if (isEditing) await screen.write('\x1b[?2004h');
  }

  private async makeScreen(line: string): Promise<Screen> {
    const screen = new Screen(this.size.cols, this.size.rows, this.tracker);
    if (line !== '') await screen.write(line);
    this.screen = screen;
    this.tracker.follow(screen);
    return screen;
  }
}

/** Joins output of many small pieces, so that it is written at once. */
function joinOutput(events: readonly TerminalEvent[]): TerminalEvent[] {
  const joined: TerminalEvent[] = [];
  for (const event of events) {
    const last = joined.at(-1);
    if (event.kind === 'output' && last?.kind === 'output') {
      joined[joined.length - 1] = { ...last, data: new Uint8Array(Buffer.concat([last.data, event.data])) };
    } else {
      joined.push(event);
    }
  }
  return joined;
}
