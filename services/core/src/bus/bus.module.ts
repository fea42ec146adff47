import { Global, Module } from '@nestjs/common';
import { connectBus } from '@sallyport/bus';
import type { Logger } from '@sallyport/telemetry';
import { CONFIG, LOGGER } from '../platform/index.js';
import { BUS } from './bus-token.js';
import { CloseBus } from './close-bus.js';

interface BusSettings {
  readonly NATS_URL: string;
  readonly RPC_CA_FILE: string;
  readonly RPC_CERT_FILE: string;
  readonly RPC_KEY_FILE: string;
}

/** The connection to NATS; it is made in the background, so that core starts and works while NATS is away. */
@Global()
@Module({
  providers: [
    {
      provide: BUS,
      inject: [CONFIG, LOGGER],
      useFactory: (config: BusSettings, logger: Logger) =>
        connectBus({
          url: config.NATS_URL,
          service: 'core',
          identity: { caFile: config.RPC_CA_FILE, certFile: config.RPC_CERT_FILE, keyFile: config.RPC_KEY_FILE },
          logger,
        }),
    },
    CloseBus,
  ],
  exports: [BUS],
})
export class BusModule {}
