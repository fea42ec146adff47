export type { ChannelTools } from './channel-context.js';
export { ClientGate, type GateTools } from './client-gate.js';
