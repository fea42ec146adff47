/** Loads the N-API addon and declares its types. `native/addon.c` implements it. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

declare const nativeCipher: unique symbol;

/** A cipher inside the addon; opaque. */
export type NativeCipher = { readonly [nativeCipher]: never };

/**
 * The functions of the addon. All throw RangeError for wrong arguments, positions outside their buffer or overlapping, and a disposed
 * cipher.
 */
export interface Addon {
  create(kind: number, encrypt: boolean, key: Buffer, iv: Buffer, macKey: Buffer): NativeCipher;
  /** Encrypts the packet at one position to another, or in place. Returns false if OpenSSL failed. */
  seal(
    cipher: NativeCipher,
    clear: Buffer,
    clearOffset: number,
    place: Buffer,
    offset: number,
    packetLength: number,
    sequence: number,
  ): boolean;
  /** Decrypts a packet in place. Returns false if its tag is wrong. */
  open(cipher: NativeCipher, buffer: Buffer, offset: number, packetLength: number, sequence: number): boolean;
  /** Returns the decrypted length field; for chacha20-poly1305 only. */
  readLength(cipher: NativeCipher, buffer: Buffer, offset: number, sequence: number): number;
  dispose(cipher: NativeCipher): void;
}

const ADDON_PATH = fileURLToPath(new URL('../../../native/build/sallyport_ssh.node', import.meta.url));

/** Returns the addon, or the reason why it is not available. */
export const loadAddon = (path = ADDON_PATH): Addon | { readonly reason: string } => {
  if (!existsSync(path)) return { reason: 'native addon not built: install a C compiler and run "node native/build.mjs" in libs/ssh' };
  try {
    return createRequire(import.meta.url)(path) as Addon;
  } catch (error) {
    return { reason: `native addon does not load: ${(error as Error).message.split('\n')[0]}` };
  }
};
