import type { Clock, Timer } from '@sallyport/context';
import type { Logger } from '@sallyport/telemetry';
import type { DataOrder } from '../messages.js';
import type { DataChild, DataChildHandlers } from './data-child.js';
import { DataSlot, type Loss } from './data-slot.js';
import { leastLoaded } from './least-loaded.js';
import { spoolShares } from './spool-shares.js';
import type { PendingConnection } from './pending-connection.js';

export interface DataFleetOptions {
  /** Data processes are named after it, with a number that is never used twice. */
  gatewayId: string;
  processes: number;
  spoolMaxBytes: number;
  terminalThreads: number;
  /** The time that a connection may wait for a data process. */
  maxWaitMs: number;
}

export interface DataFleetDeps {
  clock: Clock;
  logger: Logger;
  /** Starts a process with this order. */
  fork(order: DataOrder, handlers: DataChildHandlers): DataChild;
  onLost(slot: DataSlot, why: Loss): void;
  onSettled: DataChildHandlers['onSettled'];
  admitUser: DataChildHandlers['admitUser'];
}

const CHECK_MS = 1_000;
/** The time for connections that were accepted before a drain to reach a process. */
const PLACE_MS = 1_000;

/** All data processes. It places connections on them, replaces those that die, and shares the spool's bound among them. */
export class DataFleet {
  readonly slots: readonly DataSlot[];
  private readonly waiting: { readonly connection: PendingConnection; readonly since: number }[] = [];
  private lastNumber = 0;
  private address = '';
  private checkedAt: number;
  private readonly checks: Timer;
  private isDraining = false;

  constructor(
    private readonly options: DataFleetOptions,
    private readonly deps: DataFleetDeps,
  ) {
    const start = (): DataChild => this.start();
    const onLost = this.onLost.bind(this);
    const onSilent = ({ order, pid }: DataChild, killedAfterMs: number): void =>
      deps.logger.warn(
        { gateway: order.gatewayId, pid, killedAfterMs },
        'a data process does not answer; new connections go to the others',
      );
    this.slots = Array.from(
      { length: options.processes },
      (_, at) => new DataSlot(String(at + 1), { clock: deps.clock, start, onLost, onSilent }),
    );
    this.checkedAt = deps.clock.monotonic();
    this.checks = deps.clock.interval(CHECK_MS, () => this.check());
  }

  /** Starts one process, which shows whether the settings work, and then the others. @throws DataProcessDied */
  async open(address: string): Promise<void> {
    this.address = address;
    const [first, ...others] = this.slots;
    await first?.open();
    await Promise.all(others.map((slot) => slot.open()));
  }

  /** Returns the crypto that the processes use, undefined until one serves. */
  get crypto(): string | undefined {
    return this.children.find(({ crypto }) => crypto !== undefined)?.crypto;
  }

  get children(): DataChild[] {
    return this.slots.flatMap(({ child }) => child ?? []);
  }

  receive(connection: PendingConnection): void {
    this.waiting.push({ connection, since: this.deps.clock.monotonic() });
    this.place();
  }

  /** Returns the number of open sessions of all processes. */
  get sessions(): number {
    return this.children.reduce((sum, child) => sum + (child.hasExited ? 0 : (child.report?.sessions ?? 0)), 0);
  }

  /** Asks all processes to drain, once they have received the connections that wait. Resolves when they have exited. */
  async drain(): Promise<void> {
    const closed = this.slots.map((slot) => slot.close());
    await this.whenPlaced();
    this.isDraining = true;
    for (const { connection } of this.waiting.splice(0)) connection.close();
    for (const child of this.children) child.send({ type: 'drain' });
    await Promise.all(closed);
    this.checks.cancel();
  }

  /** Asks all processes to end the sessions of the drain now. */
  endSessions(): void {
    for (const child of this.children) child.send({ type: 'end-sessions' });
  }

  /** Waits, for a moment, until every connection that was accepted has reached a process. */
  private async whenPlaced(): Promise<void> {
    const { clock } = this.deps;
    const latest = clock.monotonic() + PLACE_MS;
    const isUnderway = (): boolean => this.waiting.length > 0 || this.children.some(({ isFree, isSilent }) => !isFree && !isSilent);
    while (isUnderway() && clock.monotonic() < latest) await clock.sleep(20);
  }

  private start(): DataChild {
    const { gatewayId, spoolMaxBytes, processes, terminalThreads } = this.options;
    const order: DataOrder = {
      gatewayId: `${gatewayId}.${++this.lastNumber}`,
      address: this.address,
      spoolMaxBytes: Math.floor(spoolMaxBytes / processes),
      terminalThreads,
    };
    return this.deps.fork(order, {
      onServing: ({ pid, crypto }) => this.deps.logger.info({ gateway: order.gatewayId, pid, crypto }, 'a data process serves'),
      onAvailable: () => this.place(),
      onSettled: (connection, outcome) => this.deps.onSettled(connection, outcome),
      admitUser: (user) => this.deps.admitUser(user),
    });
  }

  /** Places the connections that wait, the oldest first, on the least loaded process. It waits for one that is receiving a connection, not for one that is stuck. */
  private place(): void {
    while (this.waiting.length > 0 && !this.isDraining) {
      const child = leastLoaded(this.children.filter((one) => one.isAvailable));
      if (!child?.isFree) return;
      const { connection } = this.waiting.shift()!;
      if (!connection.isOver) child.take(connection);
    }
  }

  private onLost(slot: DataSlot, child: DataChild, loss: { why: Loss; how: number | NodeJS.Signals }): void {
    const sessions = child.report?.sessions ?? 0;
    this.deps.logger.error(
      { gateway: child.order.gatewayId, pid: child.pid, sessions, ...loss },
      'a data process died with its sessions; another one replaces it',
    );
    this.deps.onLost(slot, loss.why);
    const connection = child.cleanUp();
    if (connection && !connection.isOver) this.waiting.unshift({ connection, since: this.deps.clock.monotonic() });
    this.place();
  }

  private check(): void {
    const now = this.deps.clock.monotonic();
    // If this process did not run either, messages of the others may still be unread.
    if (now - this.checkedAt > 2 * CHECK_MS) for (const child of this.children) child.lastMessageAt = now;
    this.checkedAt = now;
    for (const slot of this.slots) slot.check();
    const { maxWaitMs } = this.options;
    while (this.waiting[0] && now - this.waiting[0].since > maxWaitMs) this.waiting.shift()!.connection.close();
    this.shareSpool();
  }

  private shareSpool(): void {
    const shares = spoolShares(
      this.options.spoolMaxBytes,
      this.slots.map(({ spooledBytes }) => spooledBytes),
    );
    for (const [at, slot] of this.slots.entries()) slot.limitSpool(shares[at] ?? 0);
  }
}
