import { Global, Module } from '@nestjs/common';
import { meshCredentials, showCertificate, type MeshCredentials } from '@sallyport/rpc';
import type { Logger, Metrics } from '@sallyport/telemetry';
import { CONFIG, LOGGER, METRICS } from '../platform/index.js';
import { CoreRpcServer } from './core-rpc-server.js';
import { PeerClients } from './peer-clients.js';
import { MESH_CREDENTIALS, RPC_SETTINGS, type RpcSettings } from './rpc-settings.js';

interface MeshConfig {
  readonly RPC_CA_FILE: string;
  readonly RPC_CERT_FILE: string;
  readonly RPC_KEY_FILE: string;
  readonly CORE_RPC_HOST: string;
  readonly CORE_RPC_PORT: number;
}

/** Core's gRPC server, for modules to add their services to, and its certificate for calls to peers. */
@Global()
@Module({
  providers: [
    {
      provide: MESH_CREDENTIALS,
      inject: [CONFIG, LOGGER, METRICS],
      useFactory: (config: MeshConfig, logger: Logger, metrics: Metrics): MeshCredentials => {
        const files = { caFile: config.RPC_CA_FILE, certFile: config.RPC_CERT_FILE, keyFile: config.RPC_KEY_FILE };
        const credentials = meshCredentials(files, { logger });
        showCertificate(metrics, credentials);
        return credentials;
      },
    },
    {
      provide: RPC_SETTINGS,
      inject: [CONFIG, MESH_CREDENTIALS],
      useFactory: (config: MeshConfig, credentials: MeshCredentials): RpcSettings => ({
        host: config.CORE_RPC_HOST,
        port: config.CORE_RPC_PORT,
        credentials,
      }),
    },
    CoreRpcServer,
    PeerClients,
  ],
  exports: [CoreRpcServer, PeerClients],
})
export class RpcModule {}
