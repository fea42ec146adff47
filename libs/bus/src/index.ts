export { connectBus, type Bus } from './bus.js';
export { BusUnavailable, type ConnectionOptions } from './connection.js';
export { MessageUnreadable, type ConsumeOptions, type Consuming, type Received } from './consume.js';
export {
  commandRecorded,
  connectivityTestRequested,
  eventRegistry,
  sessionEnded,
  sessionStarted,
  type Codec,
  type EventDef,
  type StreamKind,
} from './events.js';
export { DEAD_PREFIX, DEAD_STREAM, STREAM } from './streams.js';
