import { isUtf8 } from 'node:buffer';
import type { ChannelOpen } from '@sallyport/recording-format';
import { SshReader } from '../ssh/index.js';

/** Bytes above 0x7f, in a string of Latin-1. */
const ABOVE_ASCII = /[\x80-\xff]/g;

const escaped = (byte: string): string => `\\x${byte.charCodeAt(0).toString(16)}`;

/**
 * Returns the command line of an exec request as it is recorded. The asset receives its bytes. Of one that is not UTF-8, every byte above 0x7f
 * becomes `\xNN`, and its bytes are recorded beside: the encoding of names on the asset is unknown.
 */
export function readCommandLine(payload: Buffer): Pick<ChannelOpen, 'command' | 'command_base64'> {
  const bytes = new SshReader(payload).readString();
  if (isUtf8(bytes)) return { command: bytes.toString('utf8') };
  return { command: bytes.toString('latin1').replace(ABOVE_ASCII, escaped), command_base64: bytes.toString('base64') };
}
