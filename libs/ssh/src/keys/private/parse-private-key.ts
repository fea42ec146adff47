import { SshKeyError } from '../key-error.js';
import { parseOpenSshKey } from './openssh-format.js';
import { parsePemKey } from './pem-format.js';
import type { PrivateKey } from './private-key.js';
import { parsePuttyKey } from './putty-format.js';
import { isPuttyFile } from './putty-file.js';

const MAX_FILE_BYTES = 64 * 1024;

const OPENSSH_BLOCK = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END OPENSSH PRIVATE KEY-----/;

/**
 * Parses a private key file: OpenSSH, PEM (PKCS#1, SEC1, PKCS#8) or PuTTY (versions 2 and 3), plain or encrypted.
 * Key types: Ed25519, ECDSA nistp256/384/521, RSA.
 * @param passphrase text is encoded as UTF-8; ignored if the file is not encrypted.
 * @throws SshKeyError `encrypted` if a passphrase is required, `wrong-passphrase`, `unsupported`, `malformed`.
 */
export const parsePrivateKey = async (file: string | Buffer, passphrase?: string | Buffer): Promise<PrivateKey> => {
  if (file.length > MAX_FILE_BYTES) throw new SshKeyError('malformed', `Private key file of ${file.length} bytes is too long`);
  const text = file
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trim();
  const secret = typeof passphrase === 'string' ? Buffer.from(passphrase, 'utf8') : passphrase;
  if (isPuttyFile(text)) return parsePuttyKey(text, secret);
  const openSsh = OPENSSH_BLOCK.exec(text);
  if (openSsh !== null) return parseOpenSshKey(Buffer.from(openSsh[1]!, 'base64'), secret);
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return parsePemKey(text, secret);
  throw new SshKeyError('unsupported', describeUnknown(text));
};

const describeUnknown = (text: string): string => {
  if (/^(ssh|ecdsa|sk)-/.test(text)) return 'This is a public key; use the private key file (the one without ".pub")';
  if (text.startsWith('---- BEGIN SSH2')) return 'This is an ssh.com key; first convert it with "ssh-keygen -i" or PuTTYgen';
  return 'This is not a private key in OpenSSH, PEM or PuTTY format';
};
