import { backOffMs, type Clock } from '@sallyport/context';
import type { MetricValues } from '@sallyport/telemetry';
import { DataProcessDied } from '../processes.errors.js';
import type { DataChild } from './data-child.js';

export type Loss = 'crashed' | 'stuck';

/** What a slot works with. */
export interface DataSlotDeps {
  clock: Clock;
  start(): DataChild;
  /** A process is gone that was not asked to go. */
  onLost(slot: DataSlot, child: DataChild, loss: { why: Loss; how: number | NodeJS.Signals }): void;
}

/** Modules are loaded, keys read; on a machine that is busy with other things. */
const START_MS = 60_000;
/** Reports come several times a second: whose loop has not turned for so long serves nobody. */
const STUCK_MS = 10_000;

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 10_000;
/** Who lived this long before dying is replaced without much of a wait. */
const STEADY_MS = 60_000;

/** The place of one data process; keeps one running there. */
export class DataSlot {
  child: DataChild | undefined;
  /** What its process had counted at the last scrape. */
  counted: MetricValues = [];
  private isStuck = false;
  /** Of the spool, also while a new process has not found yet what the last one left. */
  private spooled = 0;
  private allowed: { readonly child: DataChild; readonly bytes: number } | undefined;
  private readonly leaving = new AbortController();

  constructor(
    /** Stays the same when the process is replaced. */
    readonly name: string,
    private readonly deps: DataSlotDeps,
  ) {}

  /** Starts the first process and resolves when it serves; from then on there always is one. @throws DataProcessDied when it ends before */
  async open(): Promise<void> {
    const child = this.begin();
    const how = await Promise.race([child.serving, child.exited]);
    if (how !== undefined) throw new DataProcessDied(child.order.gatewayId, how);
    void this.keep(child);
  }

  /** No replacement from now on; resolves when its process has ended. */
  async leave(): Promise<void> {
    this.leaving.abort();
    await this.child?.exited;
  }

  /** Ends a process that has not been heard of for too long. */
  check(): void {
    const { child, isStuck } = this;
    if (!child || isStuck) return;
    const silentMs = this.deps.clock.monotonic() - child.heardAt;
    if (silentMs < (child.crypto === undefined ? START_MS : STUCK_MS)) return;
    this.isStuck = true;
    child.kill();
  }

  get spooledBytes(): number {
    return (this.spooled = this.child?.report?.recording.spooledBytes ?? this.spooled);
  }

  /** Tells its process how much of the spool it may fill, when that has changed. */
  allowSpool(bytes: number): void {
    const { child, allowed } = this;
    if (child?.crypto === undefined || (allowed?.child === child && allowed.bytes === bytes)) return;
    this.allowed = { child, bytes };
    child.tell({ type: 'spool', maxBytes: bytes });
  }

  private begin(): DataChild {
    this.isStuck = false;
    return (this.child = this.deps.start());
  }

  private async keep(first: DataChild): Promise<void> {
    const { clock } = this.deps;
    for (let child = first, deaths = 0; ; child = this.begin(), deaths += 1) {
      const since = clock.monotonic();
      const how = await child.exited;
      if (this.leaving.signal.aborted) return;
      if (clock.monotonic() - since > STEADY_MS) deaths = 0;
      this.child = undefined;
      this.deps.onLost(this, child, { why: this.isStuck ? 'stuck' : 'crashed', how });
      await clock.sleep(backOffMs(deaths, FIRST_WAIT_MS, LONGEST_WAIT_MS), this.leaving.signal).catch(() => undefined);
      if (this.leaving.signal.aborted) return;
    }
  }
}
