import { Message, SshWriter } from '../wire/index.js';
import { USER_SIGNATURE_ALGORITHMS } from './algorithms.js';
import type { Protocol } from './ssh2-parts.js';

/**
 * Sends our own `server-sig-algs` (RFC 8308 §3.1) in place of ssh2's, which lacks a comma (so that neither ecdsa-sha2-nistp521 nor
 * rsa-sha2-512 is seen) and offers SHA-1. It has to be the first message after NEWKEYS.
 */
export function announceSignatureAlgorithms(protocol: Protocol, send: (payload: Buffer) => void): void {
  const complete = protocol._onHandshakeComplete;
  let isFirst = true;
  protocol._onHandshakeComplete = (...negotiated) => {
    const isWanted = isFirst && protocol._kex?.remoteExtInfoEnabled === true;
    if (protocol._kex) protocol._kex.remoteExtInfoEnabled = false;
    isFirst = false;
    if (isWanted) send(extInfo());
    complete(...negotiated);
  };
}

const extInfo = (): Buffer => new SshWriter().byte(Message.EXT_INFO).uint32(1).string('server-sig-algs').string(USER_SIGNATURE_ALGORITHMS.join(',')).finish();
