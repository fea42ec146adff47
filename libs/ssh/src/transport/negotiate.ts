/** Chooses algorithms from two KEXINITs (RFC 4253 §7.1): the client's first name that the server has too. */
import { CIPHERS, MACS, type CipherName, type KexName, type MacName } from '../crypto/index.js';
import { SshProtocolError } from '../wire/index.js';
import type { KexInit } from './kexinit.js';

/** The algorithms that both sides use. The MAC is undefined for an AEAD cipher. */
export interface NegotiatedAlgorithms {
  readonly kex: KexName;
  readonly hostKey: string;
  readonly cipherToServer: CipherName;
  readonly cipherToClient: CipherName;
  readonly macToServer: MacName | undefined;
  readonly macToClient: MacName | undefined;
}

/** Names in the key exchange list that announce an ability and are never chosen (RFC 8308 §2.1, OpenSSH's PROTOCOL 1.10). */
export const KexMarker = {
  extInfoClient: 'ext-info-c',
  extInfoServer: 'ext-info-s',
  strictClient: 'kex-strict-c-v00@openssh.com',
  strictServer: 'kex-strict-s-v00@openssh.com',
} as const;

const MARKERS: ReadonlySet<string> = new Set(Object.values(KexMarker));

/**
 * Chooses the algorithms. Our list must contain only names that the engine supports: a chosen name is then a known one.
 * Throws SshProtocolError (KEY_EXCHANGE_FAILED) with both offers if a list has nothing in common.
 */
export function negotiate(client: KexInit, server: KexInit): NegotiatedAlgorithms {
  const kex = choose('key exchange method', withoutMarkers(client.kex), withoutMarkers(server.kex)) as KexName;
  const hostKey = choose('host key type', client.hostKey, server.hostKey);
  const cipherToServer = choose('cipher', client.ciphersToServer, server.ciphersToServer) as CipherName;
  const cipherToClient = choose('cipher', client.ciphersToClient, server.ciphersToClient) as CipherName;
  choose('compression', client.compressionToServer, server.compressionToServer);
  choose('compression', client.compressionToClient, server.compressionToClient);
  return {
    kex,
    hostKey,
    cipherToServer,
    cipherToClient,
    macToServer: chooseMac(cipherToServer, client.macsToServer, server.macsToServer),
    macToClient: chooseMac(cipherToClient, client.macsToClient, server.macsToClient),
  };
}

/** Returns true if the first names of both lists agree, so that a guessed first packet is valid (RFC 4253 §7). */
export function isGuessRight(client: KexInit, server: KexInit): boolean {
  return withoutMarkers(client.kex)[0] === withoutMarkers(server.kex)[0] && client.hostKey[0] === server.hostKey[0];
}

const withoutMarkers = (names: readonly string[]): string[] => names.filter((name) => !MARKERS.has(name));

const chooseMac = (cipher: CipherName, client: readonly string[], server: readonly string[]): MacName | undefined => {
  if (CIPHERS[cipher].isAead) return undefined;
  const mac = choose('MAC', client, server) as MacName;
  if (!(mac in MACS)) throw SshProtocolError.keyExchange(`MAC ${mac} is not known`);
  return mac;
};

const choose = (what: string, client: readonly string[], server: readonly string[]): string => {
  const chosen = client.find((name) => server.includes(name));
  if (chosen !== undefined) return chosen;
  throw SshProtocolError.keyExchange(
    `No matching ${what} found. Client offers: ${client.join(',')}; server offers: ${server.join(',')}`.slice(0, 1000),
  );
};
