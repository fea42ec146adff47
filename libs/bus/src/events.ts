import { CommandRecorded } from '@sallyport/proto-gen/command/v1/command_event';
import { RecordingAltered, SessionEnded, SessionStarted } from '@sallyport/proto-gen/session/v1/session_event';
import { ConnectivityTestRequested } from '@sallyport/proto-gen/task/v1/tasks';
import type { ServiceName } from './services.js';

/** Encodes and decodes a message. Every ts-proto message is a codec. */
export interface Codec<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
}

/** `facts` are events that every consumer may read; `work` is deleted when one worker has done it. */
export type StreamKind = 'facts' | 'work';

/** A message type on a subject. */
export interface EventDef<T> {
  readonly subject: string;
  readonly type: string;
  readonly stream: StreamKind;
  /** The only service that may publish it. */
  readonly owner: ServiceName;
  readonly codec: Codec<T>;
}

/** A command was run in a session. The message id is the command's id. */
export const commandRecorded: EventDef<CommandRecorded> = {
  subject: 'sallyport.command.recorded.v1',
  type: 'sallyport.command.v1.CommandRecorded',
  stream: 'facts',
  owner: 'recorder',
  codec: CommandRecorded,
};

/** A session began. Core publishes it no more, because nothing consumed it; an older outbox may still contain some. */
export const sessionStarted: EventDef<SessionStarted> = {
  subject: 'sallyport.session.started.v1',
  type: 'sallyport.session.v1.SessionStarted',
  stream: 'facts',
  owner: 'core',
  codec: SessionStarted,
};

/** A session ended, or was declared lost. */
export const sessionEnded: EventDef<SessionEnded> = {
  subject: 'sallyport.session.ended.v1',
  type: 'sallyport.session.v1.SessionEnded',
  stream: 'facts',
  owner: 'core',
  codec: SessionEnded,
};

/** The recording of an ended session is not what core knows of it. */
export const recordingAltered: EventDef<RecordingAltered> = {
  subject: 'sallyport.session.recording-altered.v1',
  type: 'sallyport.session.v1.RecordingAltered',
  stream: 'facts',
  owner: 'recorder',
  codec: RecordingAltered,
};

/** A worker has to test an account's login. */
export const connectivityTestRequested: EventDef<ConnectivityTestRequested> = {
  subject: 'sallyport.work.connectivity-test.v1',
  type: 'sallyport.task.v1.ConnectivityTestRequested',
  stream: 'work',
  owner: 'core',
  codec: ConnectivityTestRequested,
};

/** Every event type. */
export const eventRegistry = [commandRecorded, sessionStarted, sessionEnded, recordingAltered, connectivityTestRequested] as const;
