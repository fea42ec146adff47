import { afterEach, describe, expect, it } from 'vitest';
import { deferred } from '../transport/deferred.suite.js';
import type { Channel } from './channel.js';
import { connectPair, type Pair } from './loopback.suite.js';

let pair: Pair;
afterEach(() => pair.close());

describe('a connection between two engines', () => {
  it('echoes bytes and passes the exit status', async () => {
    pair = await connectPair({
      channelOpen: (incoming) => {
        const channel: Channel = incoming.accept({
          request: ({ name }) => name === 'exec',
          data: (bytes) => {
            const size = bytes.length;
            expect(channel.send(bytes)).toBe(size);
            channel.consume(size);
          },
          eof: () => {
            channel.notify({ kind: 'exit-status', status: 7 });
            channel.sendEof();
            channel.close();
          },
        });
      },
    });
    const events: unknown[] = [];
    const closed = deferred();
    const channel = await pair.client.openChannel(
      { kind: 'session' },
      {
        data: (bytes) => events.push(bytes.toString()),
        request: ({ details }) => events.push(details) > 0,
        eof: () => events.push('eof'),
        closed: () => closed.resolve(),
      },
    );
    expect(await channel.request({ kind: 'exec', command: Buffer.from('echo') })).toBe(true);
    channel.send(Buffer.from('hello'));
    channel.sendEof();
    await closed.promise;
    expect(events).toEqual(['hello', { kind: 'exit-status', status: 7 }, 'eof']);
  });
});
