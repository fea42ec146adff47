export { describeConfig } from './describe-config.js';
export { booleanText, bytes, hostPort, isSecret, peerAddress, port, secret, seconds } from './fields.js';
export { loadConfig, parseConfig, redactedConfig, type ConfigResult, type ConfigScope, type Environment } from './load-config.js';
export { MeshIdentityFiles, type MeshFiles, type MeshIdentity } from './mesh-identity.js';
export { meshSettings } from './mesh-settings.js';
export { coreSettings } from './services/core-settings.js';
export { gatewaySettings } from './services/gateway-settings.js';
export { indexerMigrateRules, indexerRules, indexerSettings, type StoreSettings } from './services/indexer-settings.js';
export { recorderRules, recorderSettings } from './services/recorder-settings.js';
export {
  parseServiceSettings,
  SERVICE_RULES,
  SERVICES,
  settingNames,
  type ServiceName,
  type ServiceSettings,
} from './services/service-settings.js';
export { workerSettings } from './services/worker-settings.js';
