export { DisconnectReason, FIRST_CONNECTION_MESSAGE, Message, OpenFailure } from './message.js';
export { ProtocolViolation } from './protocol-violation.js';
export { SshReader } from './ssh-reader.js';
export { SshWriter } from './ssh-writer.js';
