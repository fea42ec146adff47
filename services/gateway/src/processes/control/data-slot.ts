import { backOffMs, type Clock } from '@sallyport/context';
import type { MetricValues } from '@sallyport/telemetry';
import { DataProcessDied } from '../processes.errors.js';
import type { DataChild } from './data-child.js';

export type Loss = 'crashed' | 'stuck';

/** The collaborators of a slot. */
export interface DataSlotDeps {
  clock: Clock;
  start(): DataChild;
  /** Handles the exit of a process that was not asked to exit. */
  onLost(slot: DataSlot, child: DataChild, loss: { why: Loss; how: number | NodeJS.Signals }): void;
  /** Handles, once, that a process has been silent for so long that it gets no new connections. */
  onSilent(child: DataChild, killedAfterMs: number): void;
}

/** The longest start: modules are loaded and keys read, maybe on a busy machine. */
const START_MS = 60_000;
/** Reports come several times a second: a process without a message for so long is stuck. */
const STUCK_MS = 10_000;

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 10_000;
/** A process that lived so long before it died is replaced after the first, short wait. */
const STEADY_MS = 60_000;

/** A slot for one data process. It keeps one running. */
export class DataSlot {
  child: DataChild | undefined;
  /** The metrics of its process at the last scrape. */
  counted: MetricValues = [];
  private isStuck = false;
  private wasSilent = false;
  /** Bytes in the spool. A new process inherits what the last one left, before it has found it. */
  private spooled = 0;
  private allowed: { readonly child: DataChild; readonly bytes: number } | undefined;
  private readonly closing = new AbortController();

  constructor(
    /** Stays the same when the process is replaced. */
    readonly name: string,
    private readonly deps: DataSlotDeps,
  ) {}

  /** Starts the first process and resolves when it serves. From then on a process that exits is replaced. @throws DataProcessDied when it exits before */
  async open(): Promise<void> {
    const child = this.start();
    const how = await Promise.race([child.serving, child.exited]);
    if (how !== undefined) throw new DataProcessDied(child.order.gatewayId, how);
    void this.keepRunning(child);
  }

  /** Stops replacing the process. Resolves when it has exited. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.child?.exited;
  }

  /** Kills a process that has been silent for too long. */
  check(): void {
    const { child, isStuck } = this;
    if (!child || isStuck) return;
    if (child.crypto !== undefined) this.noteSilence(child);
    const silentMs = this.deps.clock.monotonic() - child.lastMessageAt;
    if (silentMs < (child.crypto === undefined ? START_MS : STUCK_MS)) return;
    this.isStuck = true;
    child.kill();
  }

  private noteSilence(child: DataChild): void {
    if (child.isSilent && !this.wasSilent) this.deps.onSilent(child, STUCK_MS);
    this.wasSilent = child.isSilent;
  }

  get spooledBytes(): number {
    return (this.spooled = this.child?.report?.recording.spooledBytes ?? this.spooled);
  }

  /** Sets how much of the spool its process may fill. Sends it only if that has changed. */
  limitSpool(bytes: number): void {
    const { child, allowed } = this;
    if (child?.crypto === undefined || (allowed?.child === child && allowed.bytes === bytes)) return;
    this.allowed = { child, bytes };
    child.send({ type: 'spool', maxBytes: bytes });
  }

  private start(): DataChild {
    this.isStuck = false;
    this.wasSilent = false;
    return (this.child = this.deps.start());
  }

  private async keepRunning(first: DataChild): Promise<void> {
    const { clock } = this.deps;
    for (let child = first, deaths = 0; ; child = this.start(), deaths += 1) {
      const since = clock.monotonic();
      const how = await child.exited;
      if (this.closing.signal.aborted) return;
      if (clock.monotonic() - since > STEADY_MS) deaths = 0;
      this.child = undefined;
      this.deps.onLost(this, child, { why: this.isStuck ? 'stuck' : 'crashed', how });
      await clock.sleep(backOffMs(deaths, FIRST_WAIT_MS, LONGEST_WAIT_MS), this.closing.signal).catch(() => undefined);
      if (this.closing.signal.aborted) return;
    }
  }
}
