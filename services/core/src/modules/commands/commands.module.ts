import { Module } from '@nestjs/common';
import { CommandSearchServiceService } from '@sallyport/proto-gen/command/v1/command_search';
import { CONFIG } from '../../platform/index.js';
import { PeerClients } from '../../rpc/index.js';
import { SessionsModule } from '../sessions/index.js';
import { CommandController } from './command.controller.js';
import { INDEXER, SearchCommands } from './search-commands.service.js';

@Module({
  imports: [SessionsModule],
  controllers: [CommandController],
  providers: [
    {
      provide: INDEXER,
      inject: [CONFIG, PeerClients],
      useFactory: (config: { CORE_INDEXER_ADDRESS: string }, peers: PeerClients) =>
        peers.connect(CommandSearchServiceService, config.CORE_INDEXER_ADDRESS, 'indexer'),
    },
    SearchCommands,
  ],
})
export class CommandsModule {}
