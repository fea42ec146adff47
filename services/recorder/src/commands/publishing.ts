import type { Bus } from '@sallyport/bus';
import { commandRecorded } from '@sallyport/bus';
import { backOffMs, type Clock } from '@sallyport/context';
import type { CommandRecorded } from '@sallyport/proto-gen/command/v1/command_event';
import type { Logger } from '@sallyport/telemetry';

/** Collaborators of publishing. */
export interface PublishingDeps {
  readonly bus: Pick<Bus, 'publish'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Limits of publishing. */
export interface PublishingOptions {
  /** Most events to publish at once. */
  readonly concurrency: number;
  /** Most bytes of waiting events. Events beyond it are read back from the store later. */
  readonly maxHeldBytes: number;
}

/** Publishes the commands of all sessions, each until JetStream has it, through every outage of NATS. */
export class Publishing {
  private readonly queue: (() => void)[] = [];
  private readonly waitingForRoom: (() => void)[] = [];
  private underWay = 0;
  private held = 0;
  private failing = false;
  private readonly stopped = new AbortController();

  constructor(
    private readonly deps: PublishingDeps,
    private readonly options: PublishingOptions,
  ) {}

  /** Returns true if an event may still be held in memory. */
  hasRoom(): boolean {
    return this.held < this.options.maxHeldBytes;
  }

  /** Resolves when there is room. */
  async whenRoom(): Promise<void> {
    while (!this.hasRoom()) await new Promise<void>((resolve) => this.waitingForRoom.push(resolve));
  }

  /** Resolves when JetStream has the event; rejects only when publishing stops for good. */
  async publish(event: CommandRecorded): Promise<void> {
    const bytes = 512 + 2 * (event.input.length + event.output.length);
    this.held += bytes;
    await this.turn();
    try {
      await this.untilTaken(event);
    } finally {
      this.held -= bytes;
      this.underWay--;
      this.queue.shift()?.();
      if (this.hasRoom()) for (const wake of this.waitingForRoom.splice(0)) wake();
    }
  }

  /** Stops publishing. Gateways still hold the unpublished events and send them to the next recorder. */
  stop(): void {
    this.stopped.abort(new Error('publishing was stopped'));
  }

  private async turn(): Promise<void> {
    if (this.underWay >= this.options.concurrency) await new Promise<void>((resolve) => this.queue.push(resolve));
    this.underWay++;
  }

  private async untilTaken(event: CommandRecorded): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      this.stopped.signal.throwIfAborted();
      try {
        await this.deps.bus.publish(commandRecorded, event, { id: event.id });
        if (this.failing) this.deps.logger.info('commands are published again');
        this.failing = false;
        return;
      } catch (error) {
        if (!this.failing) this.deps.logger.warn({ err: error }, 'commands cannot be published, trying again; recording continues');
        this.failing = true;
        await this.deps.clock.sleep(backOffMs(attempt, 100, 2_000), this.stopped.signal);
      }
    }
  }
}
