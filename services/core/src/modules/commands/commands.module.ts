import { Module } from '@nestjs/common';
import { CommandSearchServiceService } from '@sallyport/proto-gen/command/v1/command_search';
import { createClient, type MeshCredentials } from '@sallyport/rpc';
import { CONFIG } from '../../platform/index.js';
import { MESH_CREDENTIALS } from '../../rpc/index.js';
import { CommandController } from './command.controller.js';
import { INDEXER, SearchCommands } from './search-commands.service.js';

@Module({
  controllers: [CommandController],
  providers: [
    {
      provide: INDEXER,
      inject: [CONFIG, MESH_CREDENTIALS],
      useFactory: (config: { CORE_INDEXER_ADDRESS: string }, credentials: MeshCredentials) =>
        createClient(CommandSearchServiceService, config.CORE_INDEXER_ADDRESS, { credentials, peer: 'indexer' }),
    },
    SearchCommands,
  ],
})
export class CommandsModule {}
