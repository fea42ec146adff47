export { describeConfig } from './describe-config.js';
export { booleanText, bytes, hostPort, isSecret, peerAddress, port, secret, seconds } from './fields.js';
export { loadConfig, parseConfig, redactedConfig, type ConfigResult, type ConfigScope, type Environment } from './load-config.js';
export { MeshIdentityFiles, type MeshFiles, type MeshIdentity } from './mesh-identity.js';
export { meshSettings } from './mesh-settings.js';
