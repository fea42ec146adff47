import { Module } from '@nestjs/common';
import { CONFIG } from '../../platform/index.js';
import { ApproveHostKey } from './approve-host-key.service.js';
import { HostKeyController } from './host-key.controller.js';
import { HostKeyRepository } from './host-key.repository.js';
import { HostKeys, UNKNOWN_HOST_KEYS, type UnknownHostKeys } from './host-keys.service.js';
import { HostController } from './host.controller.js';
import { Hosts } from './hosts.service.js';

@Module({
  controllers: [HostController, HostKeyController],
  providers: [
    {
      provide: UNKNOWN_HOST_KEYS,
      inject: [CONFIG],
      useFactory: (config: { CORE_UNKNOWN_HOST_KEYS: UnknownHostKeys }) => config.CORE_UNKNOWN_HOST_KEYS,
    },
    HostKeyRepository,
    Hosts,
    HostKeys,
    ApproveHostKey,
  ],
  exports: [Hosts, HostKeys],
})
export class AssetsModule {}
