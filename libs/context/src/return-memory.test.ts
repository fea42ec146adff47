import { describe, expect, it } from 'vitest';
import { systemClock } from './clock.js';
import { returnMemory } from './return-memory.js';

const MIB = 1024 * 1024;

function aProcess() {
  const state = { heapMib: 60, liveMib: 30, work: 0, collections: 0 };
  let check = (): void => undefined;
  const clock = { ...systemClock, interval: (_ms: number, call: () => void) => ((check = call), { cancel: () => undefined }) };
  returnMemory(clock, {
    heapBytes: () => state.heapMib * MIB,
    workShare: () => state.work,
    collect: () => {
      state.collections += 1;
      state.heapMib = state.liveMib;
    },
  });
  return { state, check: () => check() };
}

describe('the memory of a service', () => {
  it('is returned at the end of its start', () => {
    expect(aProcess().state).toMatchObject({ collections: 1, heapMib: 30 });
  });

  it('is returned after a busy time, once the service is quiet', () => {
    const { state, check } = aProcess();
    Object.assign(state, { heapMib: 70, work: 0.01 });
    check();
    expect(state.heapMib).toBe(70);
    state.work = 0.001;
    check();
    expect(state.heapMib).toBe(30);
  });

  it('is left alone while it hardly grows, also when all of it is in use', () => {
    const { state, check } = aProcess();
    state.heapMib = 35;
    check();
    expect(state.collections).toBe(1);
    Object.assign(state, { heapMib: 70, liveMib: 65 });
    check();
    expect(state.collections).toBe(2);
  });
});
