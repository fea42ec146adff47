/** The calls of node:zlib that this package uses. */
export interface Zlib {
  crc32(bytes: Uint8Array): number;
  zstdCompressSync(bytes: Uint8Array, options: object): Uint8Array;
  zstdDecompressSync(bytes: Uint8Array, options: object): Uint8Array;
  readonly constants: { readonly ZSTD_c_compressionLevel: number };
}

interface NodeProcess {
  getBuiltinModule?(name: 'node:zlib'): Zlib;
}

/** Node's zlib; undefined in a browser. This package has no dependency on Node, so that a browser can read recordings too. */
export const zlib = (globalThis as { process?: NodeProcess }).process?.getBuiltinModule?.('node:zlib');
