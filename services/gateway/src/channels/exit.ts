import type { ChannelClose } from '@sallyport/recording-format';
import { SshReader, type PassingRequest } from '../ssh/index.js';

/** Reads how a program ended (RFC 4254 §6.10). Returns undefined for any other request. */
export function readExit({ type, payload }: PassingRequest): ChannelClose | undefined {
  if (type === 'exit-status') return { exit_status: new SshReader(payload).readUint32() };
  if (type === 'exit-signal') return { signal: new SshReader(payload).readAscii(64) };
  return undefined;
}
