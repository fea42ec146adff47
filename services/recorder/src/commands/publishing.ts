import type { Bus } from '@sallyport/bus';
import { commandRecorded } from '@sallyport/bus';
import { backOffMs, type Clock } from '@sallyport/context';
import type { CommandRecorded } from '@sallyport/proto-gen/command/v1/command_event';
import type { Logger } from '@sallyport/telemetry';

/** What publishing works with. */
export interface PublishingParts {
  readonly bus: Pick<Bus, 'publish'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Events under way at once. */
  readonly concurrency: number;
  /** Most bytes of events that wait; whoever would go beyond reads them from the store later. */
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

  constructor(private readonly parts: PublishingParts) {}

  /** Whether an event may still be held in memory. */
  hasRoom(): boolean {
    return this.held < this.parts.maxHeldBytes;
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

  /** Gives up everything: gateways still have it and send it to whoever comes next. */
  stop(): void {
    this.stopped.abort(new Error('publishing was stopped'));
  }

  private async turn(): Promise<void> {
    if (this.underWay >= this.parts.concurrency) await new Promise<void>((resolve) => this.queue.push(resolve));
    this.underWay++;
  }

  private async untilTaken(event: CommandRecorded): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      this.stopped.signal.throwIfAborted();
      try {
        await this.parts.bus.publish(commandRecorded, event, { id: event.id });
        if (this.failing) this.parts.logger.info('commands are published again');
        this.failing = false;
        return;
      } catch (error) {
        if (!this.failing) this.parts.logger.warn({ err: error }, 'commands can not be published, trying again; recording goes on');
        this.failing = true;
        await this.parts.clock.sleep(backOffMs(attempt, 100, 2_000), this.stopped.signal);
      }
    }
  }
}
