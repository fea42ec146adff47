import type { ChildProcess } from 'node:child_process';
import type { Clock } from '@sallyport/context';
import type { MetricValues } from '@sallyport/telemetry';
import type { DataOrder, FromData, LoadReport, ToData } from '../messages.js';
import { dismiss, type Visitor } from './front-door.js';

/** Told when a data process may have become the one to place somebody on. */
export interface ChildWatch {
  onServing(child: DataChild): void;
  onNews(): void;
}

/** A scrape does not wait longer for one that is busy. */
const METRICS_MS = 2_000;
/** Who takes longer to receive a connection than this is passed over until it has. */
const PATIENCE_MS = 150;
/** A connection that has not arrived by then never will, e.g. because the process has no file descriptor left: the next one gets its chance. */
const LOST_MS = 5_000;
/** Reports come several times a second. */
const SILENT_MS = 1_500;

/** One data process, as the control process sees it. */
export class DataChild {
  /** The newest; undefined before the first. */
  report: LoadReport | undefined;
  /** Connections handed over since then. */
  placed = 0;
  /** Which crypto it runs on; undefined until it serves. */
  crypto: string | undefined;
  /** When it last said anything, by Clock.monotonic. */
  heardAt: number;
  /** Resolves when it takes connections. */
  readonly serving: Promise<undefined>;
  /** Resolves to the exit code or signal. */
  readonly exited: Promise<number | NodeJS.Signals>;
  /** Handed over, not signed in yet. */
  private readonly visitors = new Map<number, Visitor>();
  /** On the way to it. One at a time: whoever waits here can still go to another process when this one is stuck. */
  private underway: { readonly visitor: Visitor; readonly since: number } | undefined;
  private readonly isUp = Promise.withResolvers<undefined>();
  private scrapes: ((values: MetricValues | undefined) => void)[] = [];

  constructor(
    private readonly child: ChildProcess,
    readonly order: DataOrder,
    private readonly watch: ChildWatch,
    private readonly clock: Clock,
  ) {
    this.heardAt = clock.monotonic();
    this.serving = this.isUp.promise;
    this.exited = new Promise((resolve) => {
      child.once('error', () => resolve(-1)); // it could not be started
      child.once('exit', (code, signal) => resolve(signal ?? code ?? -1));
    });
    child.on('message', (message: FromData) => this.told(message));
    this.tell({ type: 'start', order });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Can take somebody now, or within moments. */
  get isWithinReach(): boolean {
    if (this.crypto === undefined || !this.child.connected) return false;
    return this.isFree || this.clock.monotonic() - (this.underway?.since ?? 0) < PATIENCE_MS;
  }

  get isFree(): boolean {
    return this.underway === undefined;
  }

  /** Hands a socket over. It stays open here until it has arrived, so that it is not lost with a process that dies meanwhile. */
  take(visitor: Visitor): void {
    this.underway = { visitor, since: this.clock.monotonic() };
    this.placed += 1;
    const message: ToData = { type: 'visitor', visitor: visitor.number };
    this.child.send(message, visitor.socket, { keepOpen: true }, () => undefined); // what goes wrong shows as its exit
    this.watchOver(visitor);
  }

  /** What its metrics stand at; undefined when it does not say in time. */
  metrics(): Promise<MetricValues | undefined> {
    return new Promise((resolve) => {
      this.scrapes.push(resolve);
      this.clock.timeout(METRICS_MS, () => resolve(undefined));
      this.tell({ type: 'metrics' });
    });
  }

  tell(message: ToData): void {
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  /** After its exit: gives back the places of those that went with it. Gives whom it did not get any more. */
  bury(): Visitor | undefined {
    for (const visitor of this.visitors.values()) visitor.leave();
    for (const resolve of this.scrapes) resolve(undefined);
    return this.underway?.visitor;
  }

  private told(message: FromData): void {
    this.heardAt = this.clock.monotonic();
    switch (message.type) {
      case 'serving':
        this.crypto = message.crypto;
        this.isUp.resolve(undefined);
        this.watch.onServing(this);
        return this.watch.onNews();
      case 'took':
        return this.arrived(message.visitor);
      case 'settled':
        return this.settled(message.visitor);
      case 'report':
        this.report = message.report;
        this.placed = 0;
        return this.watch.onNews();
      case 'metrics':
        for (const resolve of this.scrapes) resolve(message.values);
        this.scrapes = [];
    }
  }

  private watchOver(visitor: Visitor): void {
    this.clock.timeout(LOST_MS, () => {
      if (this.underway?.visitor !== visitor || !this.child.connected) return;
      const isSilent = this.clock.monotonic() - this.heardAt > SILENT_MS;
      if (isSilent)
        this.watchOver(visitor); // it comes to, or is ended and its visitor served by another
      else this.giveUp(visitor);
    });
  }

  /** It was lost on the way to a process that is alive: its client may try again. */
  private giveUp(visitor: Visitor): void {
    this.underway = undefined;
    dismiss(visitor);
    this.watch.onNews();
  }

  private arrived(number: number): void {
    if (this.underway?.visitor.number !== number) return;
    const { visitor } = this.underway;
    this.underway = undefined;
    this.visitors.set(visitor.number, visitor);
    visitor.socket.destroy(); // the data process has its own end of it
    this.watch.onNews();
  }

  private settled(number: number): void {
    this.visitors.get(number)?.leave();
    this.visitors.delete(number);
  }
}
