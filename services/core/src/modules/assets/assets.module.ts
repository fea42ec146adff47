import { Module } from '@nestjs/common';
import { HostKeyController } from './host-key.controller.js';
import { HostKeyRepository } from './host-key.repository.js';
import { HostKeys } from './host-keys.service.js';
import { HostController } from './host.controller.js';
import { Hosts } from './hosts.service.js';

@Module({
  controllers: [HostController, HostKeyController],
  providers: [HostKeyRepository, Hosts, HostKeys],
  exports: [Hosts, HostKeys],
})
export class AssetsModule {}
