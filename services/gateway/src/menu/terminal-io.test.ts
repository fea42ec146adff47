import { describe, expect, it } from 'vitest';
import { systemClock } from '@sallyport/context';
import type { ChannelHandlers, SshChannel } from '../ssh/index.js';
import { TerminalIo } from './terminal-io.js';

/** Returns a terminal on a channel whose bytes leave at once, as with a client that reads. */
function aTerminal() {
  const written: string[] = [];
  let handlers: ChannelHandlers | undefined;
  let consumed = 0;
  const channel = {
    attach: (given: ChannelHandlers) => (handlers = given),
    write: (data: Buffer) => {
      if (data.length === 0) return;
      written.push(data.toString());
      handlers?.onDrain();
    },
    consume: (bytes: number) => (consumed += bytes),
    backlogBytes: 0,
  } as unknown as SshChannel;
  const io = new TerminalIo(channel, { term: 'dumb', cols: 80, rows: 24 }, () => ({ cols: 80, rows: 24 }), systemClock);
  io.attach();
  return { io, written, consumed: () => consumed, type: (data: Buffer | string) => handlers?.onData(Buffer.from(data), 'stdout') };
}

describe('the menu’s terminal', () => {
  it('echoes keys that come together in one write, and each line before the keys behind it', async () => {
    const { io, written, type } = aTerminal();
    const first = io.ask('> ', 60_000);
    type('one\rtwo\r');
    expect(await first).toBe('one');
    expect(await io.ask('> ', 60_000)).toBe('two');
    expect(written).toEqual(['> ', 'one', '\r\n', '> ', 'two', '\r\n']);
  });

  it('processes a flood of keys in several turns, and returns all of it as credit', async () => {
    const { io, written, type, consumed } = aTerminal();
    const line = io.ask('> ', 60_000);
    const flood = Buffer.alloc(200_000, 'x\b');
    type(flood);
    const atOnce = written.join('').length;
    expect(consumed()).toBe(0);
    type('quit\r');
    expect(await line).toBe('quit');
    expect(atOnce).toBeLessThan(100_000);
    expect(written.join('')).toBe(`> ${'x\b \b'.repeat(100_000)}quit\r\n`);
    expect(written.length).toBeLessThan(50);
    expect(consumed()).toBe(200_005);
  });
});
