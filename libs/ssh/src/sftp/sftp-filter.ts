/**
 * Lets through of an SFTP conversation what a policy allows. A refused request never reaches the server: the client gets the status the
 * policy gives. What cannot be followed is not let through at all: both channels are closed.
 */
import type { Relay } from '../relay/relay.js';
import type { FilterOutput, RelayFilter } from '../relay/tap.js';
import { SshProtocolError, SshReader, SshWriter } from '../wire/index.js';
import { SftpMessage, SftpStatus } from './message.js';
import type { SftpFact, SftpOperation } from './operation.js';
import { PacketCutter } from './packet-cutter.js';
import { decodeRequest } from './request.js';
import { SftpAudit } from './sftp-audit.js';

/** What a policy says to the client instead of doing what it asked. */
export interface SftpRefusal {
  /** A code of SftpStatus; permission denied by default. */
  readonly status?: number;
  readonly message: string;
}

/** Policy and audit of one conversation. */
export interface SftpFilterOptions {
  /** Undefined allows. Opening a file decides over all that is done with its handle. */
  readonly decide: (operation: SftpOperation) => SftpRefusal | undefined;
  readonly fact: (fact: SftpFact) => void;
  readonly hashes?: boolean;
}

/** Both directions' filters for `coupleChannels`, and the end for the tap's `closed`. */
export interface SftpFilter {
  readonly input: RelayFilter;
  readonly output: RelayFilter;
  end(): void;
}

/** @param relay the relay these filters are given to; asked for once bytes pass. */
export function filterSftp(options: SftpFilterOptions, relay: () => Pick<Relay, 'inject' | 'waitingBytes' | 'drained'>): SftpFilter {
  const conversation = new FilteredConversation(options, relay);
  return {
    input: { data: (bytes, stream, output) => (stream === 0 ? conversation.fromClient(bytes, output) : output.pass(bytes)) },
    output: { data: (bytes, stream, output) => (stream === 0 ? conversation.fromServer(bytes, output) : output.pass(bytes)) },
    end: () => conversation.end(),
  };
}

const VERSION = 3;

class FilteredConversation {
  private readonly audit: SftpAudit;
  private readonly cutter: PacketCutter;
  private readonly answers: Buffer[] = [];
  private output: FilterOutput | undefined;
  private lost: string | undefined;

  constructor(
    private readonly options: SftpFilterOptions,
    private readonly relay: () => Pick<Relay, 'inject' | 'waitingBytes' | 'drained'>,
  ) {
    this.audit = new SftpAudit({ hashes: options.hashes ?? false, fact: (fact) => this.onFact(fact) });
    const pass = (bytes: Buffer): void => this.pass(bytes);
    this.cutter = new PacketCutter({ packet: (packet) => this.onPacket(packet), head: (head) => this.onWrite(head), content: pass });
  }

  /** A client that asks for what it may not and does not read our answers is not read any more. */
  fromClient(bytes: Buffer, output: FilterOutput): Promise<void> | void {
    this.output = output;
    this.cutter.push(bytes);
    this.checkLost();
    if (this.audit.partialAnswerBytes === 0) this.sendAnswers();
    return this.relay().waitingBytes('output') > MAX_WAITING_BYTES ? this.relay().drained('output') : undefined;
  }

  /** Our own answers go between two packets of the server. */
  fromServer(bytes: Buffer, output: FilterOutput): void {
    this.audit.fromServer(bytes);
    this.checkLost();
    const boundary = bytes.length - this.audit.partialAnswerBytes;
    if (this.answers.length === 0 || boundary <= 0) return output.pass(bytes);
    output.pass(bytes.subarray(0, boundary));
    this.sendAnswers();
    if (boundary < bytes.length) output.pass(bytes.subarray(boundary));
    return undefined;
  }

  end(): void {
    this.audit.end();
  }

  private onFact(fact: SftpFact): void {
    if (fact.kind === 'untracked') this.lost = fact.reason;
    this.options.fact(fact);
  }

  private checkLost(): void {
    if (this.lost !== undefined) throw SshProtocolError.malformed(this.lost);
  }

  private pass(bytes: Buffer): void {
    this.audit.fromClient(bytes);
    this.checkLost();
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
    if (!this.audit.mayFollow(id, packet.length)) return this.refuse(id, operation, TOO_MANY);
    const refusal = operation === undefined ? undefined : this.options.decide(operation);
    return refusal === undefined ? this.pass(packet) : this.refuse(id, operation, refusal);
  }

  private onWrite(head: Buffer): void {
    if (!this.audit.mayFollow(head.readUInt32BE(5), head.length)) throw SshProtocolError.malformed(TOO_MANY.message);
    this.pass(head);
  }

  private refuse(id: number, operation: SftpOperation | undefined, { status = SftpStatus.permissionDenied, message }: SftpRefusal): void {
    this.answers.push(encodeStatus(id, status, message));
    if (operation !== undefined) this.options.fact({ kind: 'operation', operation, outcome: { status, message, isOurs: true } });
    if (this.answers.length > MAX_ANSWERS) throw SshProtocolError.malformed(TOO_MANY.message);
  }

  private sendAnswers(): void {
    for (const answer of this.answers.splice(0)) this.relay().inject('output', answer);
  }
}

const MAX_ANSWERS = 1024;
const MAX_WAITING_BYTES = 64 * 1024;

const TOO_MANY: SftpRefusal = { status: SftpStatus.failure, message: 'Too many requests under way, or two with one id' };

/** Later versions lay their packets out differently; every client falls back to 3. */
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
