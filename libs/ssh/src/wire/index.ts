export { DisconnectReason } from './disconnect-reason.js';
export { SshProtocolError } from './ssh-protocol-error.js';
export { SshReader, MAX_MPINT_BYTES, MAX_NAME_LIST_BYTES } from './ssh-reader.js';
export { SshWriter } from './ssh-writer.js';
