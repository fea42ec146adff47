import { describe, expect, it } from 'vitest';
import { CHAIN_START, hashEvent, type HashedEvent } from './canonical-event.js';

const event: HashedEvent = {
  id: '0190b3c4-0000-7000-8000-000000000001',
  seq: 1n,
  orgId: '00000000-0000-7000-8000-000000000002',
  type: 'user.signed-in',
  outcome: 'success',
  actorKind: 'user',
  actorId: '0190b3c4-0000-7000-8000-000000000009',
  actorName: 'alice',
  sourceIp: '10.0.0.7',
  resourceKind: null,
  resourceId: null,
  resourceName: null,
  facts: { door: 'ssh', method: 'public-key' },
  requestId: 'r-1',
  dateCreated: new Date('2026-03-01T12:00:00.000Z'),
  prevHash: CHAIN_START,
};

describe('hashEvent', () => {
  it('has not changed since the first release: old chains verify for ever', () => {
    expect(hashEvent(event).toString('hex')).toBe('df9faf77874e3eae59b6a138e20fedaa7dd5407046586288474e529a4580f651');
  });

  it('does not depend on the order in which the database returns facts', () => {
    expect(hashEvent({ ...event, facts: { method: 'public-key', door: 'ssh' } })).toEqual(hashEvent(event));
  });

  const changes: [string, Partial<HashedEvent>][] = [
    ['id', { id: '0190b3c4-0000-7000-8000-000000000002' }],
    ['seq', { seq: 2n }],
    ['orgId', { orgId: '00000000-0000-7000-8000-000000000003' }],
    ['type', { type: 'user.locked' }],
    ['outcome', { outcome: 'refused' }],
    ['actorKind', { actorKind: 'system' }],
    ['actorId', { actorId: null }],
    ['actorName', { actorName: 'bob' }],
    ['sourceIp', { sourceIp: '10.0.0.8' }],
    ['resourceKind', { resourceKind: 'user' }],
    ['resourceId', { resourceId: 'x' }],
    ['resourceName', { resourceName: 'x' }],
    ['facts', { facts: { door: 'ssh' } }],
    ['requestId', { requestId: 'r-2' }],
    ['dateCreated', { dateCreated: new Date('2026-03-01T12:00:00.001Z') }],
    ['prevHash', { prevHash: Buffer.alloc(32, 1) }],
  ];
  it.each(changes)('covers %s', (_, change) => {
    expect(hashEvent({ ...event, ...change })).not.toEqual(hashEvent(event));
  });

  it('is asked about every column', () => {
    expect(changes.map(([name]) => name).sort()).toEqual(Object.keys(event).sort());
  });
});
