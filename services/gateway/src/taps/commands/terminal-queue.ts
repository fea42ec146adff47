import type { TerminalEvent } from './terminal-protocol.js';

/** Limits of the bytes that wait for a thread. */
export interface QueueLimits {
  /** Bytes of one terminal. */
  readonly terminalBytes: number;
  /** Bytes of all terminals together. */
  readonly poolBytes: number;
  /** Newest bytes to keep when a limit is exceeded. */
  readonly keptBytes: number;
  /** Most bytes of a batch. */
  readonly batchBytes: number;
}

export const DEFAULT_QUEUE_LIMITS: QueueLimits = {
  terminalBytes: 256 * 1024,
  poolBytes: 64 * 1024 * 1024,
  keptBytes: 64 * 1024,
  batchBytes: 64 * 1024,
};

/** Cost of an event beside its bytes. */
const EVENT_BYTES = 64;
const sizeOf = (event: TerminalEvent): number => EVENT_BYTES + ('data' in event ? event.data.byteLength : 0);

/** Waiting events of one terminal. When it exceeds its limits, a gap replaces the oldest events. */
export class TerminalQueue {
  private events: TerminalEvent[] = [];
  private size = 0;

  get bytes(): number {
    return this.size;
  }

  get isEmpty(): boolean {
    return this.events.length === 0;
  }

  push(event: TerminalEvent): void {
    // Nothing was shown between two changes of the size, so only the last one counts.
    if (event.kind === 'resize' && this.events.at(-1)?.kind === 'resize') this.size -= sizeOf(this.events.pop()!);
    this.events.push(event);
    this.size += sizeOf(event);
  }

  /** Removes and returns the oldest events, up to `bytes` (at least one). */
  takeBatch(bytes: number): TerminalEvent[] {
    let count = 0;
    let taken = 0;
    for (const event of this.events) {
      if (count > 0 && taken + sizeOf(event) > bytes) break;
      taken += sizeOf(event);
      count += 1;
    }
    this.size -= taken;
    return this.events.splice(0, count);
  }

  /** Keeps the newest `bytes` behind a gap; returns the output that was dropped. */
  skipTo(bytes: number): DroppedOutput {
    const dropped = { bytes: 0, fromMs: Infinity, toMs: 0 };
    const modes: Modes = { isAlternate: undefined, isEditing: undefined };
    let from = 0;
    for (; from < this.events.length && this.size > bytes; from += 1) {
      const event = this.events[from];
      if (!event) break;
      this.size -= sizeOf(event);
      if (event.kind === 'output') countOutput(dropped, event);
      if (event.kind === 'output') followModes(modes, event.data);
      if (event.kind === 'gap') Object.assign(modes, event);
    }
    const size = this.events.slice(0, from).findLast((event) => event.kind === 'resize');
    this.events = [{ kind: 'gap', ...pick(modes) }, ...(size ? [size] : []), ...this.events.slice(from)];
    this.size = this.events.reduce((sum, event) => sum + sizeOf(event), 0);
    return dropped;
  }
}

/** Output in which no commands were looked for. */
export interface DroppedOutput {
  bytes: number;
  /** Times at which its first and last bytes came, milliseconds since 1970; Infinity and 0 if there were none. */
  fromMs: number;
  toMs: number;
}

function countOutput(dropped: DroppedOutput, { data, at }: { data: Uint8Array; at: number }): void {
  dropped.bytes += data.byteLength;
  dropped.fromMs = Math.min(dropped.fromMs, at);
  dropped.toMs = Math.max(dropped.toMs, at);
}

/** Returns the output in a batch of events. */
export function outputOf(events: readonly TerminalEvent[]): DroppedOutput {
  const all = { bytes: 0, fromMs: Infinity, toMs: 0 };
  for (const event of events) if (event.kind === 'output') countOutput(all, event);
  return all;
}

interface Modes {
  isAlternate: boolean | undefined;
  isEditing: boolean | undefined;
}

const pick = ({ isAlternate, isEditing }: Modes): Modes => ({ isAlternate, isEditing });

/** Sets the modes to the last ones that skipped output set: the alternate screen and the line editor's mark. */
function followModes(modes: Modes, data: Uint8Array): void {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  modes.isAlternate = lastOf(bytes, '\x1b[?1049') ?? modes.isAlternate;
  modes.isEditing = lastOf(bytes, '\x1b[?2004') ?? modes.isEditing;
}

function lastOf(bytes: Buffer, mode: string): boolean | undefined {
  const on = bytes.lastIndexOf(`${mode}h`, undefined, 'latin1');
  const off = bytes.lastIndexOf(`${mode}l`, undefined, 'latin1');
  return on === off ? undefined : on > off;
}
