import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, DiscoveryModule } from '@nestjs/core';
import { AuthGuard } from './auth.guard.js';
import { DocsController } from './docs.controller.js';
import { ErrorFilter } from './error.filter.js';
import { EtagInterceptor } from './etag.interceptor.js';
import { HealthController } from './health.controller.js';
import { OpenApi } from './openapi.js';

@Module({
  imports: [DiscoveryModule],
  controllers: [DocsController, HealthController],
  providers: [
    OpenApi,
    { provide: APP_GUARD, useClass: AuthGuard },
    { provide: APP_FILTER, useClass: ErrorFilter },
    { provide: APP_INTERCEPTOR, useClass: EtagInterceptor },
  ],
})
export class HttpModule {}
