import { describe, expect, it } from 'vitest';
import { WaitingRoom } from './waiting-room.js';

describe('the waiting room', () => {
  it('is full for a source at its bound while others still come in, and full for all at the whole bound', () => {
    const room = new WaitingRoom({ perSource: 2, inAll: 3 });
    const first = room.admit('192.0.2.1');
    expect([first, room.admit('192.0.2.1')].every(Boolean)).toBe(true);
    expect(room.admit('192.0.2.1')).toBeUndefined();
    expect(room.admit('192.0.2.2')).toBeDefined();
    expect(room.admit('192.0.2.3')).toBeUndefined();
    first?.release();
    first?.release(); // a place given back twice frees one
    expect(room.waiting).toBe(2);
    expect(room.admit('192.0.2.1')).toBeDefined();
    expect(room.admit('192.0.2.1')).toBeUndefined();
  });
});
