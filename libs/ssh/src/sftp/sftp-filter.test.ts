import { describe, expect, it } from 'vitest';
import { SshReader, SshWriter } from '../wire/index.js';
import { SftpMessage } from './message.js';
import type { SftpFact } from './operation.js';
import { filterSftp, type SftpFilterOptions } from './sftp-filter.js';

const packet = (type: number, write: (writer: SshWriter) => SshWriter): Buffer => {
  const body = write(new SshWriter().writeByte(type)).finish();
  return new SshWriter(body.length + 4).writeString(body).finish();
};

const open = (id: number, path: string, flags = 1): Buffer =>
  packet(SftpMessage.open, (w) => w.writeUint32(id).writeString(path).writeUint32(flags).writeUint32(0));
const remove = (id: number, path: string): Buffer => packet(SftpMessage.remove, (w) => w.writeUint32(id).writeString(path));
const handle = (id: number, name: string): Buffer => packet(SftpMessage.handle, (w) => w.writeUint32(id).writeString(name));
const dataOf = (id: number, content: Buffer): Buffer => packet(SftpMessage.data, (w) => w.writeUint32(id).writeString(content));
const read = (id: number, name: string): Buffer =>
  packet(SftpMessage.read, (w) => w.writeUint32(id).writeString(name).writeUint64(0n).writeUint32(32_768));

const conversation = (changes: Partial<SftpFilterOptions> = {}) => {
  const toServer: Buffer[] = [];
  const toClient: Buffer[] = [];
  const facts: SftpFact[] = [];
  let waiting = 0;
  const relay = {
    inject: (_direction: string, bytes: Buffer) => toClient.push(Buffer.from(bytes)),
    waitingBytes: () => waiting,
    drained: () => Promise.resolve(),
  };
  const options = { decide: () => undefined, fact: (fact: SftpFact) => facts.push(fact), ...changes };
  const filter = filterSftp(options, () => relay as never);
  return {
    facts,
    client: (...packets: Buffer[]) => filter.input.data(Buffer.concat(packets), 0, { pass: (bytes) => toServer.push(Buffer.from(bytes)) }),
    server: (bytes: Buffer) => filter.output.data(bytes, 0, { pass: (passed) => toClient.push(Buffer.from(passed)) }),
    toServer: () => Buffer.concat(toServer),
    toClient: () => Buffer.concat(toClient),
    stall: () => (waiting = 1_000_000),
  };
};

describe('the SFTP filter', () => {
  it('passes what is allowed byte for byte', () => {
    const talk = conversation();
    const packets = [packet(SftpMessage.init, (w) => w.writeUint32(3)), open(1, '/a'), remove(2, '/b')];
    for (const byte of Buffer.concat(packets)) void talk.client(Buffer.of(byte));
    expect(talk.toServer()).toEqual(Buffer.concat(packets));
  });

  it('never lets a later protocol version be agreed on', () => {
    const talk = conversation();
    void talk.client(packet(SftpMessage.init, (w) => w.writeUint32(6)));
    expect(talk.toServer().readUInt32BE(5)).toBe(3);
  });

  it('answers a refusal itself, between two packets of the server', () => {
    const talk = conversation({ decide: (operation) => (operation.kind === 'remove' ? { message: 'no' } : undefined) });
    void talk.client(open(1, '/a'));
    void talk.server(handle(1, 'H'));
    void talk.client(read(2, 'H'));
    const answer = dataOf(2, Buffer.alloc(1000, 7));
    void talk.server(answer.subarray(0, 500));
    void talk.client(remove(3, '/b'));
    void talk.client(read(4, 'H'));
    const next = dataOf(4, Buffer.alloc(10));
    void talk.server(Buffer.concat([answer.subarray(500), next.subarray(0, 5)]));
    void talk.server(next.subarray(5));
    expect(talk.toServer()).toEqual(Buffer.concat([open(1, '/a'), read(2, 'H'), read(4, 'H')]));
    const sent = talk.toClient();
    const status = sent.subarray(handle(1, 'H').length + answer.length, sent.length - next.length);
    const reader = new SshReader(status, 4);
    expect([reader.readByte(), reader.readUint32(), reader.readUint32(), reader.readUtf8()]).toEqual([SftpMessage.status, 3, 3, 'no']);
    expect(sent.subarray(sent.length - next.length)).toEqual(next);
  });

  it('refuses a second request under an id that is still under way', () => {
    const talk = conversation();
    void talk.client(open(1, '/a'), remove(1, '/b'));
    expect(talk.toServer()).toEqual(open(1, '/a'));
    expect(talk.facts).toEqual([
      {
        kind: 'operation',
        operation: { kind: 'remove', path: '/b' },
        outcome: { status: 4, message: 'Too many requests under way, or two with one id', isOurs: true },
      },
    ]);
  });

  it('closes rather than pass what it cannot follow', () => {
    const talk = conversation();
    expect(() => talk.client(packet(99, (w) => w.writeUint32(1)))).toThrow('SFTP packet type 99');
    const other = conversation();
    void other.client(open(1, '/a'));
    expect(() => other.server(handle(7, 'H'))).toThrow('SFTP answer to request 7, which was not asked');
    expect(other.facts).toEqual([{ kind: 'untracked', reason: 'SFTP answer to request 7, which was not asked' }]);
  });

  it('waits for a client that does not read our answers', () => {
    const talk = conversation({ decide: () => ({ message: 'no' }) });
    talk.stall();
    expect(talk.client(remove(1, '/a'))).toBeInstanceOf(Promise);
  });

  it('keeps few requests under way, whatever a client does', () => {
    const talk = conversation();
    for (let id = 0; id < 3000; id += 1) void talk.client(open(id, 'p'.repeat(500)));
    expect(talk.toServer().length).toBeLessThan(1_100_000);
    expect(talk.facts.length).toBeGreaterThan(500);
  });

  it('tells of files that are open when the channel closes', () => {
    const facts: SftpFact[] = [];
    const filter = filterSftp({ decide: () => undefined, fact: (fact) => facts.push(fact) }, () => ({
      inject: () => undefined,
      waitingBytes: () => 0,
      drained: () => Promise.resolve(),
    }));
    void filter.input.data(open(1, '/a', 2), 0, { pass: () => undefined });
    void filter.output.data(handle(1, 'H'), 0, { pass: () => undefined });
    filter.end();
    expect(facts.at(-1)).toMatchObject({ kind: 'transfer', path: '/a', isClosed: false });
  });
});
