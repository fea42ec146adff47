/** The parts of ssh2 1.17.0 that are used here: its transport (key exchange, ciphers) and its key parser. It ships no types for them. */
declare module 'ssh2/lib/protocol/Protocol.js' {
  export interface PacketWriter {
    allocStart: number;
    allocStartKEX: number;
    alloc(payloadBytes: number, duringKex?: boolean): Buffer;
    finalize(packet: Buffer, duringKex?: boolean): Buffer;
  }
  /** Fields with an underscore are ssh2's inner ones: the version is pinned. */
  class Protocol {
    constructor(config: Record<string, unknown>);
    start: () => void;
    parse(chunk: Buffer, from: number, to: number): void;
    cleanup(): void;
    rekey(): void;
    _onPayload: (payload: Buffer) => unknown;
    _onHandshakeComplete: (...negotiated: unknown[]) => void;
    _packetRW: { write: PacketWriter };
    _kexinit: Buffer | undefined;
    _queue: Buffer[] | undefined;
    _kex: { sessionID: Buffer; remoteExtInfoEnabled: boolean } | undefined;
    _cipher: { _encKey?: Buffer | import('node:crypto').KeyObject };
    _decipher: { inSeqno: number; _decipherKey?: Buffer | import('node:crypto').KeyObject };
  }
  export default Protocol;
}

declare module 'ssh2/lib/protocol/utils.js' {
  import type Protocol from 'ssh2/lib/protocol/Protocol.js';
  const utils: { sendPacket(protocol: Protocol, packet: Buffer, bypassKex?: boolean): boolean };
  export default utils;
}

declare module 'ssh2/lib/protocol/crypto.js' {
  const crypto: { bindingAvailable: boolean };
  export default crypto;
}

declare module 'ssh2/lib/protocol/keyParser.js' {
  export interface ParsedKey {
    readonly type: string;
    isPrivateKey(): boolean;
    getPrivatePEM(): string | null;
    getPublicSSH(): Buffer;
  }
  const keyParser: { parseKey(text: string | Buffer): ParsedKey | ParsedKey[] | Error };
  export default keyParser;
}
