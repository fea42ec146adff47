import { uuidv7, type Clock } from '@sallyport/context';
import { asText, type FileFact, type FileOp, type FileTap } from './file-fact.js';
import type { KeptContent } from './kept-content.js';
import { OpenFile } from './open-file.js';
import { PendingRequests } from './pending-requests.js';
import { SftpPackets, type PacketSink } from './sftp-packets.js';
import { ATTR_SIZE, FieldReader, OpenFlag, PacketType, StatusCode, statusText } from './sftp-types.js';

export interface SftpFactsOptions {
  readonly emit: (file: FileFact) => void;
  readonly clock: Clock;
  /** Takes the content of files that are written. */
  readonly content?: KeptContent;
  /** Called when the stream is no longer SFTP version 3. Files that are open at that moment are reported as partial. */
  readonly onBroken?: () => void;
  /** Called for bytes of a packet that version 3 does not allow. The audit goes on behind them. */
  readonly onMalformed?: (stream: 'input' | 'output', data: Buffer) => void;
  /** Called once when a limit is reached, from which on operations may be missing. */
  readonly onTooMany?: () => void;
}

/** Most open files and sizes to remember. A client cannot make the gateway keep more. */
const OPEN_LIMIT = 4_096;

/** A request that waits for its answer. */
type Request =
  | { readonly kind: 'act'; readonly op: FileOp; readonly path: string; readonly newPath?: string; readonly at: number }
  | { readonly kind: 'open'; readonly path: string; readonly flags: number; readonly at: number }
  | { readonly kind: 'close'; readonly handle: string }
  | { readonly kind: 'read'; readonly file: OpenFile; readonly offset: number }
  | { readonly kind: 'write'; readonly file: OpenFile }
  | { readonly kind: 'resize'; readonly file: OpenFile; readonly size: number }
  | { readonly kind: 'size'; readonly path: string };

const REQUESTS = new Set<number>([
  PacketType.open,
  PacketType.close,
  PacketType.read,
  PacketType.lstat,
  PacketType.stat,
  PacketType.fstat,
  PacketType.setstat,
  PacketType.fsetstat,
  PacketType.remove,
  PacketType.mkdir,
  PacketType.rmdir,
  PacketType.rename,
  PacketType.symlink,
  PacketType.extended,
]);
const ANSWERS = new Set<number>([PacketType.status, PacketType.handle, PacketType.attrs]);
const ONE_PATH: Readonly<Record<number, FileOp>> = {
  [PacketType.remove]: 'remove',
  [PacketType.mkdir]: 'mkdir',
  [PacketType.rmdir]: 'rmdir',
  [PacketType.setstat]: 'setstat',
};
const TWO_PATHS: Readonly<Record<string, FileOp>> = { 'posix-rename@openssh.com': 'rename', 'hardlink@openssh.com': 'link' };

/** Follows an SFTP version 3 connection and reports each operation when the asset has answered it. */
class SftpFacts implements FileTap {
  private readonly requests = new PendingRequests<Request>();
  private readonly files = new Map<string, OpenFile>();
  private readonly sizes = new Map<string, number>();
  private readonly fromClient: SftpPackets;
  private readonly fromAsset: SftpPackets;
  private isBroken = false;
  private isBeyondLimit = false;

  constructor(private readonly options: SftpFactsOptions) {
    this.fromClient = new SftpPackets(this.clientSink(), (type) => REQUESTS.has(type));
    this.fromAsset = new SftpPackets(this.assetSink(), (type) => ANSWERS.has(type));
  }

  input(data: Buffer): void {
    if (!this.isBroken) this.fromClient.take(data);
  }

  output(data: Buffer): void {
    if (!this.isBroken) this.fromAsset.take(data);
  }

  close(): void {
    for (const file of this.files.values()) this.report(file, 'the channel closed before the file was');
    this.files.clear();
    for (const request of this.requests.takeAll()) this.unanswered(request);
  }

  /** Reports an operation whose answer never came. The asset may have done it. */
  private unanswered(request: Request): void {
    if (request.kind === 'act' || request.kind === 'open')
      this.answered(request, StatusCode.connectionLost, 'the channel closed before the asset answered');
  }

  private clientSink(): PacketSink {
    let file: OpenFile | undefined;
    let offset = 0;
    return {
      packet: (type, body) => this.request(type, body),
      contentBegins: (type, head) => {
        const fields = new FieldReader(head);
        const id = fields.uint32();
        file = type === PacketType.write ? this.files.get(keyOf(fields.string())) : undefined;
        offset = fields.uint64();
        if (file) this.remember(id, { kind: 'write', file });
      },
      content: (data) => {
        file?.wrote(offset, data);
        offset += data.length;
      },
      contentEnds: () => (file = undefined),
      malformed: (data) => this.options.onMalformed?.('input', data),
      broken: () => this.breakOff(),
    };
  }

  private assetSink(): PacketSink {
    let read: { file: OpenFile; offset: number } | undefined;
    return {
      packet: (type, body) => this.answer(type, new FieldReader(body)),
      contentBegins: (_type, head) => {
        const request = this.take(head.readUInt32BE(0));
        read = request?.kind === 'read' ? { file: request.file, offset: request.offset } : undefined;
      },
      content: (data) => {
        read?.file.read(read.offset, data);
        if (read) read.offset += data.length;
      },
      contentEnds: () => (read = undefined),
      malformed: (data) => this.options.onMalformed?.('output', data),
      broken: () => this.breakOff(),
    };
  }

  private request(type: number, body: Buffer): void {
    const fields = new FieldReader(body);
    const id = fields.uint32();
    const first = fields.string();
    const request = type === PacketType.extended ? this.extended(asText(first), fields) : this.plain(type, first, fields);
    if (fields.isShort) this.options.onMalformed?.('input', body);
    else if (request) this.remember(id, request);
  }

  private plain(type: number, first: Buffer, fields: FieldReader): Request | undefined {
    const at = this.options.clock.now();
    const file = this.files.get(keyOf(first));
    const path = asText(first);
    const op = ONE_PATH[type];
    if (op) return { kind: 'act', op, path, at };
    switch (type) {
      case PacketType.open:
        return { kind: 'open', path, flags: fields.uint32(), at };
      case PacketType.close:
        return { kind: 'close', handle: keyOf(first) };
      case PacketType.read:
        return file && { kind: 'read', file, offset: fields.uint64() };
      case PacketType.fsetstat:
        return file && this.setstat(file, fields, at);
      case PacketType.fstat:
        return file && { kind: 'size', path: file.path };
      case PacketType.rename:
        return { kind: 'act', op: 'rename', path, newPath: asText(fields.string()), at };
      case PacketType.symlink:
        // OpenSSH sends the target first, contrary to the draft, and other implementations do the same (OpenSSH's PROTOCOL, 4.1).
        return { kind: 'act', op: 'symlink', path: asText(fields.string()), newPath: path, at };
      default:
        return { kind: 'size', path };
    }
  }

  /** Returns the request for FSETSTAT. A change of the size alone belongs to writing the file: scp truncates an older, longer file. */
  private setstat(file: OpenFile, fields: FieldReader, at: number): Request {
    if (fields.uint32() === ATTR_SIZE) return { kind: 'resize', file, size: fields.uint64() };
    return { kind: 'act', op: 'setstat', path: file.path, at };
  }

  /** Returns the request for an extension of OpenSSH (its PROTOCOL, 4.3 ff.). */
  private extended(name: string, fields: FieldReader): Request | undefined {
    const at = this.options.clock.now();
    const op = TWO_PATHS[name];
    if (op === 'rename') return { kind: 'act', op, path: asText(fields.string()), newPath: asText(fields.string()), at };
    if (op === 'link') {
      const target = asText(fields.string());
      return { kind: 'act', op, path: asText(fields.string()), newPath: target, at };
    }
    if (name === 'lsetstat@openssh.com') return { kind: 'act', op: 'setstat', path: asText(fields.string()), at };
    return name === 'copy-data' ? this.copy(fields, at) : undefined;
  }

  /** Returns the request for `copy-data`. The asset copies content from one open file to another, so it does not pass here. */
  private copy(fields: FieldReader, at: number): Request | undefined {
    const from = this.files.get(keyOf(fields.string()));
    fields.uint64();
    fields.uint64();
    const to = this.files.get(keyOf(fields.string()));
    to?.spoil();
    return from && to && { kind: 'act', op: 'copy', path: from.path, newPath: to.path, at };
  }

  private answer(type: number, fields: FieldReader): void {
    const request = this.take(fields.uint32());
    if (!request) return;
    if (type === PacketType.handle) this.opened(request, keyOf(fields.string()));
    else if (type === PacketType.attrs) this.sized(request, fields);
    else this.answered(request, fields.uint32(), asText(fields.string()));
  }

  private opened(request: Request, handle: string): void {
    if (request.kind !== 'open') return;
    if (this.files.size >= OPEN_LIMIT) return this.reachedLimit();
    const kept = request.flags & OpenFlag.write ? this.options.content?.file() : undefined;
    this.files.set(handle, new OpenFile(request.path, request.flags, request.at, kept));
  }

  private sized(request: Request, fields: FieldReader): void {
    if (request.kind !== 'size' || (fields.uint32() & ATTR_SIZE) === 0) return;
    if (this.sizes.size >= OPEN_LIMIT) this.sizes.clear();
    this.sizes.set(request.path, fields.uint64());
  }

  private answered(request: Request, code: number, message: string): void {
    const error = code === StatusCode.ok ? undefined : message || statusText(code);
    if (request.kind === 'act')
      this.emit(request.op, request, { error, ...(request.newPath === undefined ? {} : { newPath: request.newPath }) });
    else if (request.kind === 'open')
      this.emit((request.flags & OpenFlag.write) === 0 ? 'download' : 'upload', request, { error, bytes: 0, isPartial: true });
    else if (request.kind === 'read') request.file.readEnded(request.offset, code, error);
    else if (request.kind === 'resize' && error === undefined) request.file.resized(request.size);
    else if ((request.kind === 'write' || request.kind === 'resize') && error !== undefined) request.file.fail(error);
    else if (request.kind === 'close') this.closed(request.handle, error);
  }

  private closed(handle: string, error: string | undefined): void {
    const file = this.files.get(handle);
    this.files.delete(handle);
    if (file) this.report(file, error);
  }

  private report(file: OpenFile, closeError: string | undefined): void {
    for (const { op, ...facts } of file.transfers(this.sizes.get(file.path), closeError)) this.emit(op, file, facts);
  }

  private emit(op: FileOp, { path, at }: { path: string; at: number }, facts: { error: string | undefined } & Partial<FileFact>): void {
    const { error, ...rest } = facts;
    const outcome = error === undefined ? { ok: true } : { ok: false, error };
    this.options.emit({
      id: uuidv7(),
      protocol: 'sftp',
      op,
      path,
      ...rest,
      ...outcome,
      startedAtMs: at,
      endedAtMs: this.options.clock.now(),
    });
  }

  private remember(id: number, request: Request): void {
    if (this.requests.add(id, request)) return;
    if ('file' in request) request.file.spoil();
    this.reachedLimit();
  }

  private reachedLimit(): void {
    if (this.isBeyondLimit) return;
    this.isBeyondLimit = true;
    this.options.onTooMany?.();
  }

  private take(id: number): Request | undefined {
    return this.requests.take(id);
  }

  private breakOff(): void {
    this.isBroken = true;
    for (const file of this.files.values()) file.spoil();
    this.options.onBroken?.();
  }
}

const keyOf = (handle: Buffer): string => handle.toString('latin1');

/** Creates a file tap for an `sftp` subsystem channel. */
export const createSftpFacts = (options: SftpFactsOptions): FileTap => new SftpFacts(options);
