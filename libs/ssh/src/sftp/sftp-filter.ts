/**
 * Filters an SFTP session by a policy. A refused request never reaches the server: the client receives the status of the policy.
 * If requests cannot be tracked, both channels are closed.
 */
import type { Relay } from '../relay/relay.js';
import type { FilterOutput, RelayFilter } from '../relay/tap.js';
import { SshProtocolError, SshReader, SshWriter } from '../wire/index.js';
import { SftpMessage, SftpStatus } from './message.js';
import type { SftpEvent, SftpOperation } from './operation.js';
import { PacketSplitter } from './packet-splitter.js';
import { decodeRequest } from './request.js';
import { SftpAudit } from './sftp-audit.js';

/** The response of a policy to a refused request. */
export interface SftpRefusal {
  /** A code of SftpStatus; permission denied by default. */
  readonly status?: number;
  readonly message: string;
}

/** Policy and audit of one session. */
export interface SftpFilterOptions {
  /** Returns undefined to allow the operation. The decision on opening a file applies to all requests with its handle. */
  readonly decide: (operation: SftpOperation) => SftpRefusal | undefined;
  readonly onEvent: (event: SftpEvent) => void;
  readonly hashes?: boolean;
}

/** The filters of both directions for `coupleChannels`, and `end` for a tap's `closed`. */
export interface SftpFilter {
  readonly input: RelayFilter;
  readonly output: RelayFilter;
  /** Ends the audit: reports the files that are still open. */
  end(): void;
}

/**
 * Returns the filters of an SFTP session (draft-ietf-secsh-filexfer-02). They throw SshProtocolError if they cannot track it, which makes the
 * relay close both channels.
 * @param relay the relay that uses these filters; called when bytes pass.
 */
export function filterSftp(options: SftpFilterOptions, relay: () => Pick<Relay, 'inject' | 'waitingBytes' | 'drained'>): SftpFilter {
  const session = new FilteredSession(options, relay);
  return {
    input: { data: (bytes, stream, output) => (stream === 0 ? session.fromClient(bytes, output) : output.pass(bytes)) },
    output: { data: (bytes, stream, output) => (stream === 0 ? session.fromServer(bytes, output) : output.pass(bytes)) },
    end: () => session.end(),
  };
}

const VERSION = 3;

class FilteredSession {
  private readonly audit: SftpAudit;
  private readonly splitter: PacketSplitter;
  private readonly responses: Buffer[] = [];
  private output: FilterOutput | undefined;
  private trackingError: string | undefined;

  constructor(
    private readonly options: SftpFilterOptions,
    private readonly relay: () => Pick<Relay, 'inject' | 'waitingBytes' | 'drained'>,
  ) {
    this.audit = new SftpAudit({ hashes: options.hashes ?? false, isStrict: true, onEvent: (event) => this.onEvent(event) });
    const pass = (bytes: Buffer): void => this.pass(bytes);
    this.splitter = new PacketSplitter({
      packet: (packet) => this.onPacket(packet),
      head: (head) => this.onWrite(head),
      content: pass,
      trailing: pass,
    });
  }

  /** Filters bytes of the client. Stops reading a client that does not read the responses to its refused requests. */
  fromClient(bytes: Buffer, output: FilterOutput): Promise<void> | void {
    this.output = output;
    this.splitter.push(bytes);
    this.checkTracking();
    if (this.audit.partialResponseBytes === 0) this.sendResponses();
    return this.relay().waitingBytes('output') > MAX_WAITING_BYTES ? this.relay().drained('output') : undefined;
  }

  /** Passes on bytes of the server and inserts the responses of the filter between two packets. */
  fromServer(bytes: Buffer, output: FilterOutput): void {
    this.audit.fromServer(bytes);
    this.checkTracking();
    const boundary = bytes.length - this.audit.partialResponseBytes;
    if (this.responses.length === 0 || boundary <= 0) return output.pass(bytes);
    output.pass(bytes.subarray(0, boundary));
    this.sendResponses();
    if (boundary < bytes.length) output.pass(bytes.subarray(boundary));
    return undefined;
  }

  end(): void {
    this.audit.end();
  }

  private onEvent(event: SftpEvent): void {
    if (event.kind === 'untracked') this.trackingError = event.reason;
    this.options.onEvent(event);
  }

  private checkTracking(): void {
    if (this.trackingError !== undefined) throw SshProtocolError.malformed(this.trackingError);
  }

  private pass(bytes: Buffer): void {
    this.audit.fromClient(bytes);
    this.checkTracking();
    this.output?.pass(bytes);
  }

  private onPacket(packet: Buffer): void {
    const type = packet[4]!;
    if (type === SftpMessage.init) return this.pass(withVersion(packet));
    const reader = new SshReader(packet, 5);
    const id = reader.readUint32();
    const request = decodeRequest(type, reader);
    if (request === undefined) throw SshProtocolError.malformed(`SFTP packet type ${type} from a client`);
    const operation = this.audit.operationOf(request);
    if (!this.audit.canTrack(id, packet.length)) return this.refuse(id, operation, TOO_MANY);
    const refusal = operation === undefined ? undefined : this.options.decide(operation);
    return refusal === undefined ? this.pass(packet) : this.refuse(id, operation, refusal);
  }

  private onWrite(head: Buffer): void {
    if (!this.audit.canTrack(head.readUInt32BE(5), head.length)) throw SshProtocolError.malformed(TOO_MANY.message);
    this.pass(head);
  }

  private refuse(id: number, operation: SftpOperation | undefined, { status = SftpStatus.permissionDenied, message }: SftpRefusal): void {
    this.responses.push(encodeStatus(id, status, message));
    if (operation !== undefined) this.options.onEvent({ kind: 'operation', operation, outcome: { status, message, isFromFilter: true } });
    if (this.responses.length > MAX_RESPONSES) throw SshProtocolError.malformed(TOO_MANY.message);
  }

  private sendResponses(): void {
    for (const answer of this.responses.splice(0)) this.relay().inject('output', answer);
  }
}

const MAX_RESPONSES = 1024;
const MAX_WAITING_BYTES = 64 * 1024;

const TOO_MANY: SftpRefusal = { status: SftpStatus.failure, message: 'Too many pending requests, or two with the same id' };

/** Returns SSH_FXP_INIT with at most version 3: later versions have another packet layout, and every client supports 3. */
const withVersion = (init: Buffer): Buffer => {
  const copy = Buffer.from(init);
  if (copy.length >= 9 && copy.readUInt32BE(5) > VERSION) copy.writeUInt32BE(VERSION, 5);
  return copy;
};

const encodeStatus = (id: number, status: number, message: string): Buffer => {
  const body = new SshWriter()
    .writeByte(SftpMessage.status)
    .writeUint32(id)
    .writeUint32(status)
    .writeString(message)
    .writeString('')
    .finish();
  return new SshWriter(body.length + 4).writeString(body).finish();
};
