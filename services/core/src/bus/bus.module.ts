import { Global, Module } from '@nestjs/common';
import { connectBus } from '@sallyport/bus';
import type { Logger } from '@sallyport/telemetry';
import { CONFIG, LOGGER } from '../platform/index.js';
import { BUS } from './bus-token.js';
import { CloseBus } from './close-bus.js';

/** The connection to NATS; it is made in the background, so that core starts and works while NATS is away. */
@Global()
@Module({
  providers: [
    {
      provide: BUS,
      inject: [CONFIG, LOGGER],
      useFactory: (config: { NATS_URL: string; NATS_TOKEN?: string | undefined }, logger: Logger) =>
        connectBus({ url: config.NATS_URL, token: config.NATS_TOKEN, name: 'core', logger }),
    },
    CloseBus,
  ],
  exports: [BUS],
})
export class BusModule {}
