export { DisconnectReason } from './disconnect-reason.js';
export { SshProtocolError } from './ssh-protocol-error.js';
export { SshReader } from './ssh-reader.js';
export { SshWriter } from './ssh-writer.js';
