/** Takes the packets of one direction of a git connection. */
export interface PktSink {
  /** Takes a packet; `body` is its beginning, at most {@link BODY_BYTES}, and is valid during the call only. */
  packet(body: Buffer): void;
  /** Takes content of a side band (gitprotocol-pack, "side-band-64k"), maybe in pieces. 1: pack or report; 2: progress and output of hooks; 3: an error. */
  band(number: number, data: Buffer): void;
  /** Takes a flush, delimiter or end packet. */
  flush(): void;
  /** Takes a pack that is not in packets and reaches to the end of the stream. */
  pack(data: Buffer): void;
  broken(): void;
}

/** Most bytes to keep of a packet without side band; a ref's name is shorter. */
const BODY_BYTES = 4096;
/** Longest packet: 65,520 bytes with its length (gitprotocol-common). */
const PACKET_BYTES = 65_520;
const HEX_OR_PACK = /^(?:[0-9a-fA-F]{0,4}|P|PA|PAC|PACK)$/;

type Part = 'length' | 'first' | 'body' | 'band' | 'pack' | 'broken';

/** Splits a stream of git's pkt-lines into packets, wherever chunks end. Contents of side bands and packs are passed on, never collected. */
export class PktLines {
  private part: Part = 'length';
  private head = '';
  private left = 0;
  private bandNumber = 0;
  private body: Buffer[] = [];
  private bodyBytes = 0;

  constructor(private readonly sink: PktSink) {}

  take(chunk: Buffer): void {
    for (let at = 0; at < chunk.length && this.part !== 'broken'; ) at += this.step(chunk.subarray(at));
  }

  /** Takes a part of `data` and returns its length. */
  private step(data: Buffer): number {
    if (this.part === 'pack') {
      this.sink.pack(data);
      return data.length;
    }
    if (this.part === 'length') return this.lengthByte(data[0] ?? 0);
    if (this.part === 'first') return this.firstByte(data[0] ?? 0);
    return this.content(data.subarray(0, this.left));
  }

  private lengthByte(byte: number): 1 {
    this.head += String.fromCharCode(byte);
    if (!HEX_OR_PACK.test(this.head)) this.breakOff();
    else if (this.head === 'PACK') this.packBegins();
    else if (this.head.length === 4) this.packetBegins(Number.parseInt(this.head, 16));
    return 1;
  }

  private packBegins(): void {
    this.part = 'pack';
    this.sink.pack(Buffer.from('PACK'));
  }

  private packetBegins(length: number): void {
    this.head = '';
    if (length > PACKET_BYTES || length === 3) return this.breakOff();
    if (length < 4) return this.sink.flush();
    this.left = length - 4;
    this.part = 'first';
    if (this.left === 0) this.packetEnds();
  }

  private firstByte(byte: number): 0 {
    this.bandNumber = byte >= 1 && byte <= 3 ? byte : 0;
    this.part = this.bandNumber > 0 ? 'band' : 'body';
    return 0;
  }

  private content(data: Buffer): number {
    const isFirst = this.part === 'band' && this.bodyBytes === 0;
    this.bodyBytes += data.length;
    this.left -= data.length;
    if (this.part === 'band') this.sink.band(this.bandNumber, isFirst ? data.subarray(1) : data);
    else if (this.bodyBytes - data.length < BODY_BYTES) this.body.push(Buffer.from(data.subarray(0, BODY_BYTES)));
    if (this.left === 0) this.packetEnds();
    return data.length;
  }

  private packetEnds(): void {
    if (this.part !== 'band') this.sink.packet(Buffer.concat(this.body).subarray(0, BODY_BYTES));
    this.part = 'length';
    this.body = [];
    this.bodyBytes = 0;
  }

  private breakOff(): void {
    this.part = 'broken';
    this.sink.broken();
  }
}
