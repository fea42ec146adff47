export type { ChannelDeps } from './channel-context.js';
export { ClientConnection, type ClientConnectionDeps, type RefusedRequest } from './client-connection.js';
export { ConnectionDrain, RESTARTING } from './connection-drain.js';
