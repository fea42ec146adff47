import { describe, expect, it } from 'vitest';
import { SshReader, SshWriter } from '../wire/index.js';
import { SftpMessage } from './message.js';
import type { SftpEvent } from './operation.js';
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

const startSession = (changes: Partial<SftpFilterOptions> = {}) => {
  const toServer: Buffer[] = [];
  const toClient: Buffer[] = [];
  const events: SftpEvent[] = [];
  let waiting = 0;
  const relay = {
    inject: (_direction: string, bytes: Buffer) => toClient.push(Buffer.from(bytes)),
    waitingBytes: () => waiting,
    drained: () => Promise.resolve(),
  };
  const options = { decide: () => undefined, onEvent: (event: SftpEvent) => events.push(event), ...changes };
  const filter = filterSftp(options, () => relay as never);
  return {
    events,
    client: (...packets: Buffer[]) => filter.input.data(Buffer.concat(packets), 0, { pass: (bytes) => toServer.push(Buffer.from(bytes)) }),
    server: (bytes: Buffer) => filter.output.data(bytes, 0, { pass: (passed) => toClient.push(Buffer.from(passed)) }),
    toServer: () => Buffer.concat(toServer),
    toClient: () => Buffer.concat(toClient),
    stall: () => (waiting = 1_000_000),
  };
};

describe('the SFTP filter', () => {
  it('passes on allowed requests byte for byte', () => {
    const session = startSession();
    const packets = [packet(SftpMessage.init, (w) => w.writeUint32(3)), open(1, '/a'), remove(2, '/b')];
    for (const byte of Buffer.concat(packets)) void session.client(Buffer.of(byte));
    expect(session.toServer()).toEqual(Buffer.concat(packets));
  });

  it('never negotiates a later protocol version', () => {
    const session = startSession();
    void session.client(packet(SftpMessage.init, (w) => w.writeUint32(6)));
    expect(session.toServer().readUInt32BE(5)).toBe(3);
  });

  it('answers a refusal itself, between two packets of the server', () => {
    const session = startSession({ decide: (operation) => (operation.kind === 'remove' ? { message: 'no' } : undefined) });
    void session.client(open(1, '/a'));
    void session.server(handle(1, 'H'));
    void session.client(read(2, 'H'));
    const answer = dataOf(2, Buffer.alloc(1000, 7));
    void session.server(answer.subarray(0, 500));
    void session.client(remove(3, '/b'));
    void session.client(read(4, 'H'));
    const next = dataOf(4, Buffer.alloc(10));
    void session.server(Buffer.concat([answer.subarray(500), next.subarray(0, 5)]));
    void session.server(next.subarray(5));
    expect(session.toServer()).toEqual(Buffer.concat([open(1, '/a'), read(2, 'H'), read(4, 'H')]));
    const sent = session.toClient();
    const status = sent.subarray(handle(1, 'H').length + answer.length, sent.length - next.length);
    const reader = new SshReader(status, 4);
    expect([reader.readByte(), reader.readUint32(), reader.readUint32(), reader.readUtf8()]).toEqual([SftpMessage.status, 3, 3, 'no']);
    expect(sent.subarray(sent.length - next.length)).toEqual(next);
  });

  it('refuses a second request with a pending id', () => {
    const session = startSession();
    void session.client(open(1, '/a'), remove(1, '/b'));
    expect(session.toServer()).toEqual(open(1, '/a'));
    expect(session.events).toEqual([
      {
        kind: 'operation',
        operation: { kind: 'remove', path: '/b' },
        outcome: { status: 4, message: 'Too many pending requests, or two with the same id', isFromFilter: true },
      },
    ]);
  });

  it('closes the channel instead of passing on requests that it cannot track', () => {
    const session = startSession();
    expect(() => session.client(packet(99, (w) => w.writeUint32(1)))).toThrow('SFTP packet type 99');
    const other = startSession();
    void other.client(open(1, '/a'));
    expect(() => other.server(handle(7, 'H'))).toThrow('SFTP response to unknown request id 7');
    expect(other.events).toEqual([{ kind: 'untracked', reason: 'SFTP response to unknown request id 7' }]);
  });

  it('waits for a client that does not read the responses', () => {
    const session = startSession({ decide: () => ({ message: 'no' }) });
    session.stall();
    expect(session.client(remove(1, '/a'))).toBeInstanceOf(Promise);
  });

  it('bounds the pending requests', () => {
    const session = startSession();
    for (let id = 0; id < 3000; id += 1) void session.client(open(id, 'p'.repeat(500)));
    expect(session.toServer().length).toBeLessThan(1_100_000);
    expect(session.events.length).toBeGreaterThan(500);
  });

  it('reports files that are open when the channel closes', () => {
    const events: SftpEvent[] = [];
    const filter = filterSftp({ decide: () => undefined, onEvent: (event) => events.push(event) }, () => ({
      inject: () => undefined,
      waitingBytes: () => 0,
      drained: () => Promise.resolve(),
    }));
    void filter.input.data(open(1, '/a', 2), 0, { pass: () => undefined });
    void filter.output.data(handle(1, 'H'), 0, { pass: () => undefined });
    filter.end();
    expect(events.at(-1)).toMatchObject({ kind: 'transfer', path: '/a', isClosed: false });
  });
});
