import type { CommandRecorded } from '@sallyport/proto-gen/command/v1/command_event';
import type { RecordingAltered, SessionEnded } from '@sallyport/proto-gen/session/v1/session_event';
import type { ConnectivityTestRequested } from '@sallyport/proto-gen/task/v1/tasks';
import { commandRecorded, connectivityTestRequested, recordingAltered, sessionEnded, type EventDef } from './events.js';
import type { ServiceName } from './services.js';

/** A durable consumer: the place of one service in one event type. Replicas of the service share its messages. */
export interface ConsumerDef<T> {
  /** Name in JetStream. */
  readonly name: string;
  readonly event: EventDef<T>;
  /** The only service that may fetch and acknowledge. */
  readonly service: ServiceName;
}

/** The indexer stores commands. */
export const indexerCommands: ConsumerDef<CommandRecorded> = {
  name: 'indexer-commands',
  event: commandRecorded,
  service: 'indexer',
};

/** The recorder closes the recordings of ended sessions. */
export const recorderSessionEnded: ConsumerDef<SessionEnded> = {
  name: 'recorder-session-ended',
  event: sessionEnded,
  service: 'recorder',
};

/** Core writes altered recordings into its audit log. */
export const coreRecordingAltered: ConsumerDef<RecordingAltered> = {
  name: 'core-recording-altered',
  event: recordingAltered,
  service: 'core',
};

/** The worker tests logins. */
export const workerConnectivity: ConsumerDef<ConnectivityTestRequested> = {
  name: 'worker-connectivity',
  event: connectivityTestRequested,
  service: 'worker',
};

/** Every consumer. */
export const consumerRegistry = [indexerCommands, recorderSessionEnded, coreRecordingAltered, workerConnectivity] as const;
