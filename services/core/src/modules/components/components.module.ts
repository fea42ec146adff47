import { Module } from '@nestjs/common';
import { CommandSearchServiceService } from '@sallyport/proto-gen/command/v1/command_search';
import { PlaybackServiceService } from '@sallyport/proto-gen/recording/v1/playback';
import { createClient, type MeshCredentials } from '@sallyport/rpc';
import { CONFIG } from '../../platform/index.js';
import { MESH_CREDENTIALS } from '../../rpc/index.js';
import { ComponentController } from './component.controller.js';
import { ComponentRepository } from './component.repository.js';
import { Components } from './components.service.js';
import { PeerProbe, PEERS, type Peer } from './peer-probe.js';

interface PeersConfig {
  readonly CORE_RECORDER_ADDRESS: string;
  readonly CORE_INDEXER_ADDRESS: string;
}

function peers(config: PeersConfig, credentials: MeshCredentials): Peer[] {
  const { CORE_RECORDER_ADDRESS: recorder, CORE_INDEXER_ADDRESS: indexer } = config;
  return [
    { kind: 'recorder', address: recorder, ...createClient(PlaybackServiceService, recorder, { credentials, peer: 'recorder' }) },
    { kind: 'indexer', address: indexer, ...createClient(CommandSearchServiceService, indexer, { credentials, peer: 'indexer' }) },
  ];
}

@Module({
  controllers: [ComponentController],
  providers: [{ provide: PEERS, inject: [CONFIG, MESH_CREDENTIALS], useFactory: peers }, ComponentRepository, Components, PeerProbe],
  exports: [Components],
})
export class ComponentsModule {}
