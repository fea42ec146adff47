import type { Clock, Timer } from '@sallyport/context';
import type { Logger } from '@sallyport/telemetry';
import type { DataOrder } from '../messages.js';
import type { DataChild, ChildWatch } from './data-child.js';
import { DataSlot, type Loss } from './data-slot.js';
import { dismiss, type Visitor } from './front-door.js';
import { leastHeavy } from './least-heavy.js';
import { spoolShares } from './spool-shares.js';

export interface DataFleetOptions {
  /** Data processes are named after it, with a number that is never used twice. */
  gatewayId: string;
  processes: number;
  spoolMaxBytes: number;
  terminalThreads: number;
  /** How long somebody may wait for a data process. */
  patienceMs: number;
}

export interface DataFleetDeps {
  clock: Clock;
  logger: Logger;
  /** Starts a process that gets this order. */
  fork(order: DataOrder, watch: ChildWatch): DataChild;
  onLost(slot: DataSlot, why: Loss): void;
}

const CHECK_MS = 1_000;

/** All data processes: places connections on them, replaces those that die, and shares the spool's bound among them. */
export class DataFleet {
  readonly slots: readonly DataSlot[];
  private readonly waiting: { readonly visitor: Visitor; readonly since: number }[] = [];
  private lastNumber = 0;
  private address = '';
  private checkedAt: number;
  private readonly checks: Timer;
  private isLeaving = false;

  constructor(
    private readonly settings: DataFleetOptions,
    private readonly deps: DataFleetDeps,
  ) {
    const start = (): DataChild => this.start();
    const onLost = this.lost.bind(this);
    this.slots = Array.from({ length: settings.processes }, (_, at) => new DataSlot(String(at + 1), { clock: deps.clock, start, onLost }));
    this.checkedAt = deps.clock.monotonic();
    this.checks = deps.clock.interval(CHECK_MS, () => this.check());
  }

  /** Starts one, which shows whether the settings work, and then the others. @throws DataProcessDied */
  async open(address: string): Promise<void> {
    this.address = address;
    const [first, ...others] = this.slots;
    await first?.open();
    await Promise.all(others.map((slot) => slot.open()));
  }

  /** Which crypto they run on; undefined until one serves. */
  get crypto(): string | undefined {
    return this.children.find(({ crypto }) => crypto !== undefined)?.crypto;
  }

  get children(): DataChild[] {
    return this.slots.flatMap(({ child }) => child ?? []);
  }

  receive(visitor: Visitor): void {
    this.waiting.push({ visitor, since: this.deps.clock.monotonic() });
    this.place();
  }

  /** Tells all to let their sessions end; resolves when they are gone. */
  async drain(): Promise<void> {
    this.isLeaving = true;
    for (const { visitor } of this.waiting.splice(0)) dismiss(visitor);
    const gone = this.slots.map((slot) => slot.leave());
    for (const child of this.children) child.tell({ type: 'drain' });
    await Promise.all(gone);
    this.checks.cancel();
  }

  private start(): DataChild {
    const { gatewayId, spoolMaxBytes, processes, terminalThreads } = this.settings;
    const order: DataOrder = {
      gatewayId: `${gatewayId}.${++this.lastNumber}`,
      address: this.address,
      spoolMaxBytes: Math.floor(spoolMaxBytes / processes),
      terminalThreads,
    };
    return this.deps.fork(order, {
      onServing: ({ pid, crypto }) => this.deps.logger.info({ gateway: order.gatewayId, pid, crypto }, 'a data process serves'),
      onNews: () => this.place(),
    });
  }

  /** The least heavy process gets who waits longest. One that is only receiving somebody else is waited for; one that is stuck is not. */
  private place(): void {
    while (this.waiting.length > 0 && !this.isLeaving) {
      const child = leastHeavy(this.children.filter((one) => one.isWithinReach));
      if (!child?.isFree) return;
      child.take(this.waiting.shift()!.visitor);
    }
  }

  private lost(slot: DataSlot, child: DataChild, loss: { why: Loss; how: number | NodeJS.Signals }): void {
    const sessions = child.report?.sessions ?? 0;
    this.deps.logger.error(
      { gateway: child.order.gatewayId, pid: child.pid, sessions, ...loss },
      'a data process is gone, and its sessions with it; another one takes its place',
    );
    this.deps.onLost(slot, loss.why);
    const visitor = child.bury();
    if (visitor) this.waiting.unshift({ visitor, since: this.deps.clock.monotonic() });
    this.place();
  }

  private check(): void {
    const now = this.deps.clock.monotonic();
    // When this process did not get to run either, what the others sent may still be unread.
    if (now - this.checkedAt > 2 * CHECK_MS) for (const child of this.children) child.heardAt = now;
    this.checkedAt = now;
    for (const slot of this.slots) slot.check();
    const { patienceMs } = this.settings;
    while (this.waiting[0] && now - this.waiting[0].since > patienceMs) dismiss(this.waiting.shift()!.visitor);
    this.shareSpool();
  }

  private shareSpool(): void {
    const shares = spoolShares(
      this.settings.spoolMaxBytes,
      this.slots.map(({ spooledBytes }) => spooledBytes),
    );
    for (const [at, slot] of this.slots.entries()) slot.allowSpool(shares[at] ?? 0);
  }
}
