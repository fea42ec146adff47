/** The identification exchange (RFC 4253 §4.2), as lenient as OpenSSH's. */
import { DisconnectReason, SshProtocolError } from '../wire/index.js';

/** Longest identification line in bytes, CR LF included (RFC 4253 §4.2). */
const MAX_LINE_BYTES = 255;
/** Limits of OpenSSH's client for the lines before the server's identification (SSH_MAX_PRE_BANNER_LINES, SSH_MAX_BANNER_LEN). */
const MAX_PREFACE_LINES = 1024;
const MAX_PREFACE_LINE_BYTES = 8192;

const LF = 0x0a;
const CR = 0x0d;

/** Returns `SSH-2.0-<software>`. Throws RangeError for a name that RFC 4253 §4.2 does not allow, which every peer would refuse. */
export function formatIdentification(software: string): string {
  const line = `SSH-2.0-${software}`;
  if (!/^[\x21-\x2c\x2e-\x7e]+( [\x20-\x7e]+)?$/.test(software) || line.length > MAX_LINE_BYTES - 2) {
    throw new RangeError(
      `Software name ${JSON.stringify(software)} cannot be used in an SSH identification: use printable US-ASCII without "-"`,
    );
  }
  return line;
}

/** The peer's identification line without its line ending, and the index of the first byte after it in the chunk. */
export interface FoundIdentification {
  readonly line: string;
  readonly packetsFrom: number;
}

/** Finds the peer's identification line. Other lines may precede that of a server, but not that of a client. */
export class IdentificationScanner {
  private line: number[] = [];
  private prefaceLines = 0;

  /** @param allowsPreface true in the client role: the server may send other lines first. */
  constructor(private readonly allowsPreface: boolean) {}

  /** Scans the next chunk. Returns `undefined` until the line is complete. Throws SshProtocolError if the peer does not speak SSH 2. */
  scan(chunk: Buffer): FoundIdentification | undefined {
    for (let index = 0; index < chunk.length; index += 1) {
      const byte = chunk[index]!;
      if (byte !== LF) this.add(byte);
      else if (this.isIdentification()) return { line: this.takeLine(), packetsFrom: index + 1 };
      else this.skipLine();
    }
    return undefined;
  }

  private add(byte: number): void {
    this.line.push(byte);
    const isCandidate = !this.allowsPreface || this.isIdentification();
    const limit = isCandidate ? MAX_LINE_BYTES - 1 : MAX_PREFACE_LINE_BYTES;
    if (this.line.length > limit) throw notSsh(`Identification line exceeds ${limit + 1} bytes`);
  }

  private isIdentification(): boolean {
    const { line } = this;
    return line[0] === 0x53 && line[1] === 0x53 && line[2] === 0x48 && line[3] === 0x2d;
  }

  private skipLine(): void {
    if (!this.allowsPreface) throw notSsh('Invalid SSH identification string');
    this.prefaceLines += 1;
    if (this.prefaceLines > MAX_PREFACE_LINES) throw notSsh(`No SSH identification in ${MAX_PREFACE_LINES} lines`);
    this.line = [];
  }

  private takeLine(): string {
    if (this.line.at(-1) === CR) this.line.pop();
    const text = Buffer.from(this.line).toString('latin1');
    if (this.line.some((byte) => byte < 0x20)) throw notSsh('Invalid SSH identification string');
    if (!/^SSH-(2\.0|1\.99)-/.test(text)) throw notSsh('Protocol major versions differ');
    return text;
  }
}

const notSsh = (message: string): SshProtocolError => new SshProtocolError(DisconnectReason.PROTOCOL_VERSION_NOT_SUPPORTED, message);
