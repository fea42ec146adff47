/** The packet ciphers over the addon. The legacy ciphers and MACs, which the addon lacks, come from the JavaScript implementation. */
import { checkPacketKeys } from '../check-keys.js';
import type { CryptoProvider, PacketKeys } from '../crypto-provider.js';
import type { PacketOpener, PacketSealer } from '../packet-cipher.js';
import { createJsOpener, createJsSealer, LEGACY_CIPHERS, LEGACY_MACS, MODERN_MACS } from '../js/js-provider.js';
import type { Addon } from './addon.js';
import { nativeKindOf, NativeOpener, NativeSealer } from './native-packets.js';

/** Returns the provider over a loaded addon. */
export const nativeProvider = (addon: Addon): CryptoProvider => ({
  name: 'native',
  description: `SSH packet ciphers: native addon over OpenSSL ${process.versions.openssl}`,
  ciphers: ['aes256-gcm@openssh.com', 'aes128-gcm@openssh.com', 'chacha20-poly1305@openssh.com', 'aes256-ctr', 'aes192-ctr', 'aes128-ctr'],
  macs: MODERN_MACS,
  legacyCiphers: LEGACY_CIPHERS,
  legacyMacs: LEGACY_MACS,
  createSealer: (keys: PacketKeys): PacketSealer => {
    checkPacketKeys(keys);
    const kind = nativeKindOf(keys);
    return kind === undefined ? createJsSealer(keys) : new NativeSealer(addon, kind, keys);
  },
  createOpener: (keys: PacketKeys): PacketOpener => {
    checkPacketKeys(keys);
    const kind = nativeKindOf(keys);
    return kind === undefined ? createJsOpener(keys) : new NativeOpener(addon, kind, keys);
  },
});
