export { callCtx } from './call-ctx.js';
export { credentialToPb, hostKeyToPb, verdictToPb } from './dial.wire.js';
export { CoreRpcServer } from './core-rpc-server.js';
export { reach } from './reach.js';
export { isPeerAway } from './peer-away.js';
export { PeerClients } from './peer-clients.js';
export { RpcModule } from './rpc.module.js';
export { parseRequest, RequestOutOfBounds } from './parse-request.js';
