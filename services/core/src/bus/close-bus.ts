import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Bus } from '@sallyport/bus';
import { BUS } from './bus-token.js';

/** Closes the connection after every module has stopped. */
@Injectable()
export class CloseBus implements OnApplicationShutdown {
  constructor(@Inject(BUS) private readonly bus: Pick<Bus, 'close'>) {}

  onApplicationShutdown(): Promise<void> {
    return this.bus.close();
  }
}
