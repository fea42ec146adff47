import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Duplex, PassThrough } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { readFrom, type SocketReads } from './socket-reads.js';

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** Returns both ends of a connection on this machine. */
const connection = async (options: { pauseOnConnect?: boolean } = {}): Promise<{ dialled: Socket; accepted: Socket }> => {
  const server = createServer(options).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const dialled = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [[accepted]] = (await Promise.all([once(server, 'connection'), once(dialled, 'connect')])) as unknown as [[Socket]];
  server.close();
  sockets.push(dialled, accepted);
  return { dialled, accepted };
};

/** Copies the chunks that are read. */
const collect = (socket: Socket | Duplex): { reads: SocketReads; text: () => string; memory: Set<ArrayBufferLike> } => {
  const parts: Buffer[] = [];
  const memory = new Set<ArrayBufferLike>();
  const reads = readFrom(socket as Socket, (chunk) => {
    parts.push(Buffer.from(chunk));
    memory.add(chunk.buffer);
  });
  return { reads, text: () => Buffer.concat(parts).toString(), memory };
};

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await wait(2);
};

describe('reads of sockets', () => {
  it.each([{}, { pauseOnConnect: true }])('use one buffer for accepted and dialled sockets (%o)', async (options) => {
    const [one, two] = [await connection(options), await connection(options)];
    const ends = [one.accepted, one.dialled, two.accepted].map(collect);
    for (const [index, socket] of [one.dialled, one.accepted, two.dialled].entries()) socket.write(`for ${index}`);
    await until(() => ends.every((end) => end.text().length === 5));
    expect(ends.map((end) => end.text())).toEqual(['for 0', 'for 1', 'for 2']);
    expect(new Set(ends.flatMap((end) => [...end.memory])).size).toBe(1);
  });

  it('stop and start, inside and outside of a read, and lose nothing', async () => {
    const { dialled, accepted } = await connection();
    let seen = 0;
    let isStopped = false;
    const reads = readFrom(accepted, (chunk) => {
      expect(isStopped).toBe(false);
      seen += chunk.length;
      isStopped = true;
      reads.stop();
    });
    dialled.write(Buffer.alloc(1_000_000));
    while (seen < 1_000_000) {
      const before = seen;
      isStopped = false;
      reads.start();
      await until(() => seen > before);
    }
    reads.stop();
    await new Promise((resolve) => dialled.write('more', resolve));
    const later = await connection();
    const end = collect(later.accepted);
    later.dialled.write('later'); // comes after it, and is read
    await until(() => end.text() === 'later');
    expect(seen).toBe(1_000_000);
  });

  it('report the end and the failure of a socket through its events', async () => {
    const { dialled, accepted } = await connection();
    const end = collect(accepted);
    dialled.end('last bytes');
    await once(accepted, 'end');
    expect(end.text()).toBe('last bytes');
    const other = await connection();
    collect(other.accepted);
    other.dialled.resetAndDestroy();
    await expect(once(other.accepted, 'close')).rejects.toThrow('ECONNRESET');
  });

  it('use data events for any other stream, and for a socket that was read before', async () => {
    const stream = new PassThrough();
    const end = collect(stream);
    stream.write('streamed');
    const { dialled, accepted } = await connection();
    dialled.write('early');
    await until(() => accepted.readableLength > 0);
    const late = collect(accepted);
    await until(() => end.text() === 'streamed' && late.text() === 'early');
    expect([end.reads.areShared, late.reads.areShared]).toEqual([false, false]);
  });
});
