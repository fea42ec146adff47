import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { Clock } from '@sallyport/context';
import type { Sealer } from '@sallyport/crypto';
import type { Logger, Metrics } from '@sallyport/telemetry';
import { PasswordHasher } from './password-hasher.js';
import { CLOCK, CONFIG, LOGGER, METRICS, SEALER } from './tokens.js';

/** Parts that exist before the application. */
export interface PlatformParts {
  readonly config: object;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly sealer: Sealer;
}

/** Provides the parts that main created to every module. */
@Global()
@Module({})
export class PlatformModule {
  static with({ config, clock, logger, metrics, sealer }: PlatformParts): DynamicModule {
    const providers = [
      { provide: CONFIG, useValue: config },
      { provide: CLOCK, useValue: clock },
      { provide: LOGGER, useValue: logger },
      { provide: METRICS, useValue: metrics },
      { provide: SEALER, useValue: sealer },
    ];
    return {
      module: PlatformModule,
      providers: [...providers, PasswordHasher],
      exports: [...providers.map(({ provide }) => provide), PasswordHasher],
    };
  }
}
