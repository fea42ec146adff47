/** Random messages to the SFTP audit and filter: FUZZ_CASES and FUZZ_SEED as in connection/fuzz. */
import { describe, expect, it } from 'vitest';
import { Random } from '../connection/fuzz/random.suite.js';
import { mutate } from '../connection/fuzz/mutate.suite.js';
import { SshProtocolError, SshReader, SshWriter } from '../wire/index.js';
import { PacketSplitter } from './packet-splitter.js';
import { decodeRequest } from './request.js';
import { SftpAudit } from './sftp-audit.js';
import { filterSftp } from './sftp-filter.js';

/** Each turn sends about fifteen messages. */
const CASES = Math.ceil(Number(process.env.FUZZ_CASES ?? 20_000) / 50);
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_124);

const packet = (type: number, write: (writer: SshWriter) => SshWriter): Buffer => {
  const body = write(new SshWriter().writeByte(type)).finish();
  return Buffer.from(new SshWriter(body.length + 4).writeString(body).finish());
};

const REQUESTS: readonly Buffer[] = [
  packet(1, (w) => w.writeUint32(3)),
  packet(3, (w) => w.writeUint32(1).writeString('/a').writeUint32(26).writeUint32(0)),
  packet(6, (w) => w.writeUint32(2).writeString('H').writeUint64(0n).writeString('content')),
  packet(5, (w) => w.writeUint32(3).writeString('H').writeUint64(0n).writeUint32(100)),
  packet(4, (w) => w.writeUint32(4).writeString('H')),
  packet(9, (w) =>
    w
      .writeUint32(5)
      .writeString('/a')
      .writeUint32(15)
      .writeUint64(1n)
      .writeUint32(1)
      .writeUint32(1)
      .writeUint32(1)
      .writeUint32(1)
      .writeUint32(1),
  ),
  packet(18, (w) => w.writeUint32(6).writeString('/a').writeString('/b')),
  packet(200, (w) => w.writeUint32(7).writeString('posix-rename@openssh.com').writeString('/a').writeString('/b')),
  packet(200, (w) =>
    w.writeUint32(8).writeString('copy-data').writeString('H').writeUint64(0n).writeUint64(1n).writeString('H').writeUint64(0n),
  ),
  packet(11, (w) => w.writeUint32(9).writeString('/')),
];

const ANSWERS: readonly Buffer[] = [
  packet(2, (w) => w.writeUint32(3)),
  packet(102, (w) => w.writeUint32(1).writeString('H')),
  packet(101, (w) => w.writeUint32(2).writeUint32(0).writeString('').writeString('')),
  packet(103, (w) => w.writeUint32(3).writeString('content')),
  packet(104, (w) => w.writeUint32(9).writeUint32(0)),
];

const messages = (corpus: readonly Buffer[], random: Random): Buffer =>
  Buffer.concat(corpus.map((message) => (random.chance(60) ? message : mutate(message, random, corpus))));

/** Runs a step and returns false if it throws SshProtocolError, which closes the two channels. Any other error fails the test. */
const runTolerant = (step: () => unknown): boolean => {
  try {
    void step();
    return true;
  } catch (error) {
    if (!(error instanceof SshProtocolError)) throw error;
    return false;
  }
};

/** Returns the types of operations in a stream that the policy below does not allow. */
const changes = (stream: Buffer): string[] => {
  const seen: string[] = [];
  const audit = new SftpAudit({ onEvent: () => undefined });
  const splitter = new PacketSplitter({
    packet: (bytes) => {
      if (bytes[4] === 1) return;
      const request = decodeRequest(bytes[4]!, new SshReader(bytes, 9));
      const kind = request === undefined ? 'unknown' : audit.operationOf(request)?.kind;
      if (kind !== undefined && kind !== 'open') seen.push(kind);
    },
    head: () => undefined,
    content: () => undefined,
    trailing: () => undefined,
  });
  splitter.push(stream);
  return seen;
};

describe('random SFTP messages', () => {
  it(`the audit never throws (seed ${SEED})`, { timeout: 7_200_000 }, () => {
    for (let turn = 0; turn < CASES; turn += 1) {
      const random = new Random(SEED + turn);
      let untracked = 0;
      const audit = new SftpAudit({ onEvent: ({ kind }) => (untracked += kind === 'untracked' ? 1 : 0), hashes: random.chance(50) });
      audit.fromClient(messages(REQUESTS, random));
      audit.fromServer(messages(ANSWERS, random));
      audit.end();
      expect(untracked, `seed ${SEED}, turn ${turn}`).toBeLessThanOrEqual(1);
    }
  });

  it(`a filter passes on only what the policy allows, or closes the channel (seed ${SEED})`, { timeout: 7_200_000 }, () => {
    for (let turn = 0; turn < CASES; turn += 1) {
      const random = new Random(SEED + turn);
      const relay = { inject: () => undefined, waitingBytes: () => 0, drained: () => Promise.resolve() };
      const filter = filterSftp(
        { decide: ({ kind }) => (kind === 'open' ? undefined : { message: 'no' }), onEvent: () => undefined },
        () => relay,
      );
      const passed: Buffer[] = [];
      runTolerant(() => filter.input.data(messages(REQUESTS, random), 0, { pass: (bytes) => passed.push(Buffer.from(bytes)) }));
      runTolerant(() => filter.output.data(messages(ANSWERS, random), 0, { pass: () => undefined }));
      expect(changes(Buffer.concat(passed)), `seed ${SEED}, turn ${turn}`).toEqual([]);
      filter.end();
    }
  });
});
