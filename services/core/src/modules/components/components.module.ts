import { Module } from '@nestjs/common';
import { CommandSearchServiceService } from '@sallyport/proto-gen/command/v1/command_search';
import { PlaybackServiceService } from '@sallyport/proto-gen/recording/v1/playback';
import { CONFIG, runsJob } from '../../platform/index.js';
import { PeerClients } from '../../rpc/index.js';
import { ComponentController } from './component.controller.js';
import { ComponentRepository } from './component.repository.js';
import { Components } from './components.service.js';
import { PeerProbe, PEERS, type Peer } from './peer-probe.js';

interface PeersConfig {
  readonly CORE_RECORDER_ADDRESS: string;
  readonly CORE_INDEXER_ADDRESS: string;
}

function peers(config: PeersConfig, clients: PeerClients): Peer[] {
  const { CORE_RECORDER_ADDRESS: recorder, CORE_INDEXER_ADDRESS: indexer } = config;
  return [
    { kind: 'recorder', address: recorder, ...clients.connect(PlaybackServiceService, recorder, 'recorder') },
    { kind: 'indexer', address: indexer, ...clients.connect(CommandSearchServiceService, indexer, 'indexer') },
  ];
}

@Module({
  controllers: [ComponentController],
  providers: [
    { provide: PEERS, inject: [CONFIG, PeerClients], useFactory: peers },
    ComponentRepository,
    Components,
    PeerProbe,
    runsJob(PeerProbe),
  ],
  exports: [Components],
})
export class ComponentsModule {}
