/**
 * Tracks an SFTP session and reports its operations with their outcomes. Reads both directions and changes nothing.
 * Bounded: at most MAX_PENDING pending requests, MAX_PENDING_BYTES of paths in them, MAX_OPEN_FILES open files. Beyond that, or if the
 * stream is not SFTP version 3, it reports one `untracked` event and stops. A packet that is malformed within its length is a `malformed` event, and the audit goes on
 * behind it.
 */
import { SshProtocolError, SshReader } from '../wire/index.js';
import { SftpMessage, SftpStatus } from './message.js';
import { OpenFile } from './open-files.js';
import type { SftpEvent, SftpOperation, SftpOutcome } from './operation.js';
import { PacketSplitter, type SplitterListener } from './packet-splitter.js';
import { decodeRequest, type SftpRequest } from './request.js';

/** Options of the audit. */
export interface SftpAuditOptions {
  /** Handles every event, in the order in which the outcomes became known. */
  readonly onEvent: (event: SftpEvent) => void;
  /** Computes SHA-256 of content that is read or written in order. Costs about a third of a CPU-second per GiB. */
  readonly hashes?: boolean;
  /** Stops at a malformed packet, too: a filter lets nothing pass that it does not understand. */
  readonly isStrict?: boolean;
}

/** A request without an answer yet. */
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
  private readonly trailed = new Set<'client' | 'server'>();
  private readonly client = new PacketSplitter(this.clientListener());
  private readonly server = new PacketSplitter(this.serverListener());
  private writing: { readonly file: OpenFile | undefined; offset: bigint } | undefined;
  private reading: { readonly file: OpenFile | undefined; offset: bigint } | undefined;

  constructor(private readonly options: SftpAuditOptions) {}

  /** Takes bytes of the client. */
  fromClient(bytes: Buffer): void {
    this.push(this.client, bytes);
  }

  /** Takes bytes of the server. */
  fromServer(bytes: Buffer): void {
    this.push(this.server, bytes);
  }

  /** Reports the files that are still open, because the channel is closed. */
  end(): void {
    for (const file of this.files.values()) this.reportFile(file, false);
    this.files.clear();
    this.isTracking = false;
  }

  /** Returns the number of bytes that arrived of an incomplete packet of the server. */
  get partialResponseBytes(): number {
    return this.server.partialBytes;
  }

  /** Returns the operation of a request packet, for the policy; undefined for a request that names no file. */
  operationOf(request: SftpRequest): SftpOperation | undefined {
    return toOperation(request, (handle) => this.files.get(handle)?.path ?? '');
  }

  /** Returns true if a request with this id may be forwarded: the id is not pending, and no limit is reached. */
  canTrack(id: number, cost: number): boolean {
    return (
      !this.pending.has(id) &&
      this.pending.size < MAX_PENDING &&
      this.pendingBytes + cost <= MAX_PENDING_BYTES &&
      this.files.size < MAX_OPEN_FILES
    );
  }

  private push(splitter: PacketSplitter, bytes: Buffer): void {
    if (!this.isTracking) return;
    try {
      splitter.push(bytes);
    } catch (error) {
      if (!(error instanceof SshProtocolError)) throw error;
      this.stopTracking(error.message);
    }
  }

  /** Continues behind a packet that is malformed. Its length shows where the next one begins. */
  private understand(handle: () => void): void {
    try {
      handle();
    } catch (error) {
      if (this.options.isStrict || !(error instanceof SshProtocolError)) throw error;
      this.options.onEvent({ kind: 'malformed', reason: error.message });
    }
  }

  private noteTrailing(side: 'client' | 'server'): void {
    if (this.trailed.has(side)) return;
    this.trailed.add(side);
    this.options.onEvent({ kind: 'malformed', reason: `SFTP packets of the ${side} have bytes behind their content` });
  }

  private stopTracking(reason: string): void {
    if (!this.isTracking) return;
    this.isTracking = false;
    this.options.onEvent({ kind: 'untracked', reason });
  }

  // ——— requests ———

  private clientListener(): SplitterListener {
    return {
      packet: (packet) => this.understand(() => this.onRequest(packet)),
      head: (head) => this.understand(() => this.onWrite(head)),
      trailing: () => this.noteTrailing('client'),
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
    if (request === undefined) return this.stopTracking(`SFTP packet type ${type} from a client`);
    const handle = 'handle' in request ? request.handle : undefined;
    const file = handle === undefined ? undefined : this.files.get(handle);
    const offset = request.kind === 'read' ? reader.readUint64() : 0n;
    this.addPending(id, { operation: this.operationOf(request), request, handle, file, offset, cost: packet.length });
  }

  private onWrite(head: Buffer): void {
    this.writing = undefined;
    const reader = new SshReader(head, 5);
    const id = reader.readUint32();
    const handle = reader.readString().toString('hex');
    const file = this.files.get(handle);
    this.writing = { file, offset: reader.readUint64() };
    this.addPending(id, { operation: undefined, request: { kind: 'write' }, handle, file, offset: 0n, cost: 64 });
  }

  private addPending(id: number, pending: Pending): void {
    if (!this.canTrack(id, pending.cost)) return this.stopTracking('Too many SFTP requests are pending, or two have the same id');
    this.pending.set(id, pending);
    this.pendingBytes += pending.cost;
    return undefined;
  }

  // ——— responses ———

  private serverListener(): SplitterListener {
    return {
      packet: (packet) => this.understand(() => this.onResponse(packet)),
      trailing: () => this.noteTrailing('server'),
      head: (head) =>
        this.understand(() => {
          this.reading = undefined;
          const pending = this.take(head.readUInt32BE(5));
          this.reading = { file: pending.file, offset: pending.offset };
        }),
      content: (bytes) => {
        if (this.reading === undefined) return;
        this.reading.file?.addRead(this.reading.offset, bytes);
        this.reading.offset += BigInt(bytes.length);
      },
    };
  }

  private take(id: number): Pending {
    const pending = this.pending.get(id);
    if (pending === undefined) throw SshProtocolError.malformed(`SFTP response to unknown request id ${id}`);
    this.pending.delete(id);
    this.pendingBytes -= pending.cost;
    return pending;
  }

  private onResponse(packet: Buffer): void {
    const type = packet[4]!;
    const reader = new SshReader(packet, 5);
    const number = reader.readUint32();
    if (type === SftpMessage.version) return number === 3 ? undefined : this.stopTracking(`SFTP version ${number}`);
    const pending = this.take(number);
    const outcome = type === SftpMessage.status ? readStatus(reader) : SUCCESS;
    if (type === SftpMessage.handle) this.onHandle(pending, reader.readString(256).toString('hex'));
    if (pending.request.kind === 'close') this.onClosed(pending);
    if (pending.operation !== undefined) this.options.onEvent({ kind: 'operation', operation: pending.operation, outcome });
    return undefined;
  }

  private onHandle({ request }: Pending, handle: string): void {
    if (request.kind !== 'open' && request.kind !== 'opendir') return;
    this.files.set(handle, new OpenFile(request.path, request.kind === 'opendir', this.options.hashes === true));
  }

  private onClosed({ file, handle }: Pending): void {
    if (file === undefined || handle === undefined) return;
    if (this.files.get(handle) === file) this.files.delete(handle);
    this.reportFile(file, true);
  }

  private reportFile(file: OpenFile, isClosed: boolean): void {
    if (!file.isFolder) this.options.onEvent(file.closedEvent(isClosed));
  }
}

const SUCCESS: SftpOutcome = { status: SftpStatus.ok, message: '', isFromFilter: false };

const readStatus = (reader: SshReader): SftpOutcome => {
  const status = reader.readUint32();
  const message = reader.remaining > 0 ? reader.readString().toString('utf8', 0, 1000) : '';
  return { status, message, isFromFilter: false };
};

/**
 * Returns the operation of a request. Requests on handles that name no other file are not operations: `transfer` covers `close` and `read`.
 */
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
