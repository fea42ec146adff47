/** Loading of the N-API addon, typed. `native/addon.c` is the other side. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

declare const nativeCipher: unique symbol;

/** A cipher inside the addon; opaque. */
export type NativeCipher = { readonly [nativeCipher]: never };

/** The addon's functions. All throw RangeError on wrong arguments, on places outside their buffer or overlapping, and on a disposed cipher. */
export interface Addon {
  create(kind: number, encrypt: boolean, key: Buffer, iv: Buffer, macKey: Buffer): NativeCipher;
  /** Seals into one place the packet that lies in clear at another, or at the same. False when OpenSSL failed. */
  seal(
    cipher: NativeCipher,
    clear: Buffer,
    clearOffset: number,
    place: Buffer,
    offset: number,
    packetLength: number,
    sequence: number,
  ): boolean;
  /** False when the tag is wrong. */
  open(cipher: NativeCipher, buffer: Buffer, offset: number, packetLength: number, sequence: number): boolean;
  /** chacha20-poly1305 only: the length field in clear. */
  readLength(cipher: NativeCipher, buffer: Buffer, offset: number, sequence: number): number;
  dispose(cipher: NativeCipher): void;
}

const ADDON_PATH = fileURLToPath(new URL('../../../native/build/sallyport_ssh.node', import.meta.url));

/** The addon, or the reason why there is none. */
export const loadAddon = (path = ADDON_PATH): Addon | { readonly reason: string } => {
  if (!existsSync(path)) return { reason: 'native addon not built: run "node native/build.mjs" in libs/ssh where a C compiler exists' };
  try {
    return createRequire(import.meta.url)(path) as Addon;
  } catch (error) {
    return { reason: `native addon does not load: ${(error as Error).message.split('\n')[0]}` };
  }
};
