import type { ChildProcess } from 'node:child_process';
import type { Clock, Permit } from '@sallyport/context';
import type { MetricValues } from '@sallyport/telemetry';
import type { DataOrder, FromData, LoadReport, Outcome, ToData } from '../messages.js';
import type { PendingConnection } from './pending-connection.js';

/** The owner of a data process. */
export interface DataChildHandlers {
  onServing(child: DataChild): void;
  /** Handles a change after which the process may be able to take a connection. */
  onAvailable(): void;
  /** Handles that the client of a connection has signed in or is gone. */
  onSettled(connection: PendingConnection, outcome: Outcome): void;
  /** Returns a permit for one more connection of a user; or the refusal, for the user to read. */
  admitUser(user: string): Permit | string;
}

/** The longest time that a scrape waits for a busy process. */
const METRICS_MS = 2_000;
/** A process that takes longer than this to receive a connection is passed over until it has received it. */
const RECEIVE_MS = 150;
/** A connection that has not arrived after this time is lost, e.g. because the process has used up its file descriptors. */
const LOST_MS = 5_000;
/** Reports come several times a second: a process without a message for so long is silent. */
const SILENT_MS = 1_500;

/** A data process, as the control process sees it. */
export class DataChild {
  /** The newest report; undefined before the first. */
  report: LoadReport | undefined;
  /** Connections handed over since that report. */
  placed = 0;
  /** The crypto that it uses; undefined until it serves. */
  crypto: string | undefined;
  hasExited = false;
  /** The time of its last message, by Clock.monotonic. */
  lastMessageAt: number;
  /** Resolves when it takes connections. */
  readonly serving: Promise<undefined>;
  /** Resolves to the exit code or signal. */
  readonly exited: Promise<number | NodeJS.Signals>;
  /** Connections that it has received and whose clients have not signed in yet. */
  private readonly pending = new Map<number, PendingConnection>();
  /** The permits of the connections whose clients have signed in. */
  private readonly permits = new Map<number, Permit>();
  /** The connection on its way to the process. One at a time: the others can still go to another process if this one is stuck. */
  private underway: { readonly connection: PendingConnection; readonly since: number } | undefined;
  private readonly isUp = Promise.withResolvers<undefined>();
  private scrapes: ((values: MetricValues | undefined) => void)[] = [];

  constructor(
    private readonly child: ChildProcess,
    readonly order: DataOrder,
    private readonly handlers: DataChildHandlers,
    private readonly clock: Clock,
  ) {
    this.lastMessageAt = clock.monotonic();
    this.serving = this.isUp.promise;
    this.exited = new Promise((resolve) => {
      child.once('error', () => resolve(-1)); // it could not be started
      child.once('exit', (code, signal) => resolve(signal ?? code ?? -1));
    });
    void this.exited.then(() => (this.hasExited = true));
    child.on('message', (message: FromData) => this.onMessage(message));
    this.send({ type: 'start', order });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Returns true if the process can take a connection now or within moments. */
  get isAvailable(): boolean {
    if (this.crypto === undefined || !this.child.connected) return false;
    return !this.isSilent && (this.isFree || this.clock.monotonic() - (this.underway?.since ?? 0) < RECEIVE_MS);
  }

  /** Returns true if its event loop does not turn: no message has come for six times the interval of reports. */
  get isSilent(): boolean {
    return this.clock.monotonic() - this.lastMessageAt > SILENT_MS;
  }

  get isFree(): boolean {
    return this.underway === undefined;
  }

  /** Hands a socket over. It stays open here until it has arrived: if the process dies meanwhile, another one can serve it. */
  take(connection: PendingConnection): void {
    this.underway = { connection, since: this.clock.monotonic() };
    this.placed += 1;
    const { number, proxied } = connection;
    const client = proxied && { address: proxied.address, head: proxied.head?.toString('base64') };
    const message: ToData = { type: 'connection', connection: number, ...(client && { client }) };
    this.child.send(message, connection.socket, { keepOpen: true }, () => undefined); // a failure shows as the exit of the process
    this.checkArrival(connection);
  }

  /** Returns its metrics, undefined if it does not answer in time. */
  metrics(): Promise<MetricValues | undefined> {
    return new Promise((resolve) => {
      this.scrapes.push(resolve);
      this.clock.timeout(METRICS_MS, () => resolve(undefined));
      this.send({ type: 'metrics' });
    });
  }

  send(message: ToData): void {
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  /** Cleans up after its exit: releases the places of the pending connections that it had. Returns the connection that did not reach it. */
  cleanUp(): PendingConnection | undefined {
    for (const connection of this.pending.values()) connection.release();
    for (const permit of this.permits.values()) permit.release();
    for (const resolve of this.scrapes) resolve(undefined);
    return this.underway?.connection;
  }

  private onMessage(message: FromData): void {
    this.lastMessageAt = this.clock.monotonic();
    switch (message.type) {
      case 'serving':
        this.crypto = message.crypto;
        this.isUp.resolve(undefined);
        this.handlers.onServing(this);
        return this.handlers.onAvailable();
      case 'received':
        return this.onReceived(message.connection);
      case 'progressed':
        return this.pending.get(message.connection)?.place.advance(message.step);
      case 'settled':
        return this.onSettled(message.connection, message.outcome);
      case 'admit':
        return this.onAdmit(message.connection, message.user);
      case 'closed':
        this.permits.get(message.connection)?.release();
        return void this.permits.delete(message.connection);
      case 'report':
        this.report = message.report;
        this.placed = 0;
        return this.handlers.onAvailable();
      case 'metrics':
        for (const resolve of this.scrapes) resolve(message.values);
        this.scrapes = [];
    }
  }

  /** Drops a connection that has not arrived at a process that answers. A silent process may still receive it, or is ended. */
  private checkArrival(connection: PendingConnection): void {
    this.clock.timeout(LOST_MS, () => {
      if (this.underway?.connection !== connection || !this.child.connected) return;
      if (this.isSilent) this.checkArrival(connection);
      else this.dropLost(connection);
    });
  }

  /** Drops a connection that was lost on its way. Its client may connect again. */
  private dropLost(connection: PendingConnection): void {
    this.underway = undefined;
    connection.close();
    this.handlers.onAvailable();
  }

  private onReceived(number: number): void {
    if (this.underway?.connection.number !== number) return;
    const { connection } = this.underway;
    this.underway = undefined;
    this.pending.set(connection.number, connection);
    connection.handOver(() => this.send({ type: 'drop', connection: number }));
    this.handlers.onAvailable();
  }

  private onSettled(number: number, outcome: Outcome): void {
    const connection = this.pending.get(number);
    if (!connection) return;
    this.pending.delete(number);
    connection.release();
    if (!connection.isOver) this.handlers.onSettled(connection, outcome);
  }

  private onAdmit(number: number, user: string): void {
    const permit = this.handlers.admitUser(user);
    if (typeof permit === 'string') return this.send({ type: 'admitted', connection: number, refusal: permit });
    this.permits.set(number, permit);
    return this.send({ type: 'admitted', connection: number });
  }
}
