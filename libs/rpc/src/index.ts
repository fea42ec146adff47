export {
  createClient,
  type BidiCall,
  type ClientOptions,
  type RpcClient,
  type StreamOptions,
  type UnaryOptions,
} from './client/rpc-client.js';
export { meshCredentials, showCertificate, type MeshCredentials, type MeshCredentialsOptions } from './credentials.js';
export type { MethodsWith, RequestOf, ResponseOf, ServiceDefinition } from './method-types.js';
export { DeadlineMissing, PeerNotAllowed, type RpcCtx } from './server/call-context.js';
export type { Handlers, MessageSink } from './server/handlers.js';
export { RpcServer } from './server/rpc-server.js';
