/**
 * Follows an SFTP conversation and tells what was done, with its outcome. Reads both directions; changes nothing.
 * Bounded: at most MAX_PENDING requests under way, MAX_PENDING_BYTES of paths in them, MAX_OPEN_FILES open; beyond that, or when the
 * stream is not SFTP version 3, one `untracked` fact is told and nothing more.
 */
import { SshProtocolError, SshReader } from '../wire/index.js';
import { SftpMessage, SftpStatus } from './message.js';
import { OpenFile } from './open-files.js';
import type { SftpFact, SftpOperation, SftpOutcome } from './operation.js';
import { PacketCutter, type CutterListener } from './packet-cutter.js';
import { decodeRequest, type SftpRequest } from './request.js';

/** How to follow. */
export interface SftpAuditOptions {
  /** Called with every fact, in the order in which outcomes became known. */
  readonly fact: (fact: SftpFact) => void;
  /** SHA-256 of what is read and written in order. Costs about a third of a CPU-second per GiB. */
  readonly hashes?: boolean;
}

/** One request whose answer is awaited. */
interface Pending {
  readonly operation: SftpOperation | undefined;
  readonly request: SftpRequest | { readonly kind: 'write' };
  readonly file: OpenFile | undefined;
  readonly handle: string | undefined;
  readonly offset: bigint;
  readonly cost: number;
}

const MAX_PENDING = 4096;
const MAX_PENDING_BYTES = 1024 * 1024;
const MAX_OPEN_FILES = 4096;

const FLAG = { read: 1, write: 2, append: 4, create: 8, truncate: 16, exclusive: 32 } as const;

/** See the head of this file. */
export class SftpAudit {
  private readonly pending = new Map<number, Pending>();
  private pendingBytes = 0;
  private readonly files = new Map<string, OpenFile>();
  private isTracking = true;
  private readonly client = new PacketCutter(this.clientListener());
  private readonly server = new PacketCutter(this.serverListener());
  private writing: { readonly file: OpenFile | undefined; offset: bigint } | undefined;
  private reading: { readonly file: OpenFile | undefined; offset: bigint } | undefined;

  constructor(private readonly options: SftpAuditOptions) {}

  /** Bytes from the client. */
  fromClient(bytes: Buffer): void {
    this.follow(this.client, bytes);
  }

  /** Bytes from the server. */
  fromServer(bytes: Buffer): void {
    this.follow(this.server, bytes);
  }

  /** The channel is closed: tells of files that are still open. */
  end(): void {
    for (const file of this.files.values()) this.tellFile(file, false);
    this.files.clear();
    this.isTracking = false;
  }

  /** Bytes that arrived of a packet of the server that is not complete. */
  get partialAnswerBytes(): number {
    return this.server.partialBytes;
  }

  /** The operation a request packet asks for, as a policy sees it; undefined for those that name no file. */
  operationOf(request: SftpRequest): SftpOperation | undefined {
    return toOperation(request, (handle) => this.files.get(handle)?.path ?? '');
  }

  /** Whether another request with this id may be sent on: not while its namesake is under way, nor beyond the bounds. */
  mayFollow(id: number, cost: number): boolean {
    return (
      !this.pending.has(id) &&
      this.pending.size < MAX_PENDING &&
      this.pendingBytes + cost <= MAX_PENDING_BYTES &&
      this.files.size < MAX_OPEN_FILES
    );
  }

  private follow(cutter: PacketCutter, bytes: Buffer): void {
    if (!this.isTracking) return;
    try {
      cutter.push(bytes);
    } catch (error) {
      if (!(error instanceof SshProtocolError)) throw error;
      this.lose(error.message);
    }
  }

  private lose(reason: string): void {
    if (!this.isTracking) return;
    this.isTracking = false;
    this.options.fact({ kind: 'untracked', reason });
  }

  // ——— requests ———

  private clientListener(): CutterListener {
    return {
      packet: (packet) => this.onRequest(packet),
      head: (head) => this.onWrite(head),
      content: (bytes) => {
        if (this.writing === undefined) return;
        this.writing.file?.addWritten(this.writing.offset, bytes);
        this.writing.offset += BigInt(bytes.length);
      },
    };
  }

  private onRequest(packet: Buffer): void {
    const type = packet[4]!;
    if (type === SftpMessage.init) return;
    const reader = new SshReader(packet, 5);
    const id = reader.readUint32();
    const request = decodeRequest(type, reader);
    if (request === undefined) return this.lose(`SFTP packet type ${type} from a client`);
    const handle = 'handle' in request ? request.handle : undefined;
    const file = handle === undefined ? undefined : this.files.get(handle);
    const offset = request.kind === 'read' ? reader.readUint64() : 0n;
    this.remember(id, { operation: this.operationOf(request), request, handle, file, offset, cost: packet.length });
  }

  private onWrite(head: Buffer): void {
    const reader = new SshReader(head, 5);
    const id = reader.readUint32();
    const handle = reader.readString().toString('hex');
    const file = this.files.get(handle);
    this.writing = { file, offset: reader.readUint64() };
    this.remember(id, { operation: undefined, request: { kind: 'write' }, handle, file, offset: 0n, cost: 64 });
  }

  private remember(id: number, pending: Pending): void {
    if (!this.mayFollow(id, pending.cost)) return this.lose('More SFTP requests under way than can be followed, or two with one id');
    this.pending.set(id, pending);
    this.pendingBytes += pending.cost;
    return undefined;
  }

  // ——— answers ———

  private serverListener(): CutterListener {
    return {
      packet: (packet) => this.onAnswer(packet),
      head: (head) => {
        const pending = this.take(head.readUInt32BE(5));
        this.reading = { file: pending.file, offset: pending.offset };
      },
      content: (bytes) => {
        if (this.reading === undefined) return;
        this.reading.file?.addRead(this.reading.offset, bytes);
        this.reading.offset += BigInt(bytes.length);
      },
    };
  }

  private take(id: number): Pending {
    const pending = this.pending.get(id);
    if (pending === undefined) throw SshProtocolError.malformed(`SFTP answer to request ${id}, which was not asked`);
    this.pending.delete(id);
    this.pendingBytes -= pending.cost;
    return pending;
  }

  private onAnswer(packet: Buffer): void {
    const type = packet[4]!;
    const reader = new SshReader(packet, 5);
    const number = reader.readUint32();
    if (type === SftpMessage.version) return number === 3 ? undefined : this.lose(`SFTP version ${number}`);
    const pending = this.take(number);
    const outcome = type === SftpMessage.status ? readStatus(reader) : SUCCESS;
    if (type === SftpMessage.handle) this.onHandle(pending, reader.readString(256).toString('hex'));
    if (pending.request.kind === 'close') this.onClosed(pending);
    if (pending.operation !== undefined) this.options.fact({ kind: 'operation', operation: pending.operation, outcome });
    return undefined;
  }

  private onHandle({ request }: Pending, handle: string): void {
    if (request.kind !== 'open' && request.kind !== 'opendir') return;
    this.files.set(handle, new OpenFile(request.path, request.kind === 'opendir', this.options.hashes === true));
  }

  private onClosed({ file, handle }: Pending): void {
    if (file === undefined || handle === undefined) return;
    if (this.files.get(handle) === file) this.files.delete(handle);
    this.tellFile(file, true);
  }

  private tellFile(file: OpenFile, isClosed: boolean): void {
    if (!file.isFolder) this.options.fact(file.fact(isClosed));
  }
}

const SUCCESS: SftpOutcome = { status: SftpStatus.ok, message: '', isOurs: false };

const readStatus = (reader: SshReader): SftpOutcome => {
  const status = reader.readUint32();
  const message = reader.remaining > 0 ? reader.readString().toString('utf8', 0, 1000) : '';
  return { status, message, isOurs: false };
};

/** Requests on handles that do not name a file anew are no operations of their own: `close` and `read` end up in the transfer fact. */
const toOperation = (request: SftpRequest, pathOf: (handle: string) => string): SftpOperation | undefined => {
  switch (request.kind) {
    case 'open':
      return openOperation(request.path, request.flags);
    case 'opendir':
      return { kind: 'list', path: request.path };
    case 'remove':
    case 'rmdir':
      return { kind: request.kind, path: request.path };
    case 'hardlink':
      return { kind: 'hardlink', path: request.path, newPath: request.newPath };
    case 'mkdir':
    case 'symlink':
    case 'extended':
      return request;
    case 'rename':
    case 'posix-rename':
      return { kind: 'rename', path: request.path, newPath: request.newPath, replaces: request.kind === 'posix-rename' };
    case 'setstat':
    case 'lsetstat':
      return { kind: 'setstat', path: request.path, attributes: request.attributes, followsLinks: request.kind === 'setstat' };
    case 'fsetstat':
      return { kind: 'setstat', path: pathOf(request.handle), attributes: request.attributes, followsLinks: true };
    case 'fsync':
      return { kind: 'fsync', path: pathOf(request.handle) };
    case 'copy-data':
      return { kind: 'copy', path: pathOf(request.from), newPath: pathOf(request.to), bytes: request.bytes };
    case 'stat':
    case 'lstat':
    case 'readlink':
    case 'realpath':
    case 'statvfs':
    case 'expand-path':
      return { kind: 'inspect', request: request.kind, path: request.path };
    case 'close':
    case 'read':
    case 'readdir':
    case 'fstat':
    case 'fstatvfs':
    case 'limits':
      return undefined;
  }
};

const openOperation = (path: string, flags: number): SftpOperation => {
  const has = (flag: number): boolean => (flags & flag) !== 0;
  return {
    kind: 'open',
    path,
    reads: has(FLAG.read),
    writes: has(FLAG.write),
    appends: has(FLAG.append),
    creates: has(FLAG.create),
    truncates: has(FLAG.truncate),
    isExclusive: has(FLAG.exclusive),
  };
};
