export { connectBus, type Bus } from './bus.js';
export { BusUnavailable, type ConnectionOptions } from './connection.js';
export { MessageUnreadable, type ConsumeOptions, type Consuming, type Received } from './consume.js';
export {
  commandRecorded,
  connectivityTestRequested,
  eventRegistry,
  recordingAltered,
  sessionEnded,
  sessionStarted,
  type Codec,
  type EventDef,
  type StreamKind,
} from './events.js';
export { coreRecordingAltered, indexerCommands, recorderSessionEnded, workerConnectivity, type ConsumerDef } from './consumers.js';
export { clientOptions, type Client, type IdentityFiles } from './identity.js';
export { authorizationConf, permissions, type Permissions } from './permissions.js';
export { inspectBus, type BusPart, type BusReport } from './inspect.js';
export { provisionBus, type ProvisionOptions } from './provision.js';
export { OPERATOR, SERVER, SERVICES, type ServiceName } from './services.js';
export { DEAD_PREFIX, DEAD_STREAM, STREAM } from './streams.js';
