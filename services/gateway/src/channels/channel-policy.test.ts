import { describe, expect, it } from 'vitest';
import { ALL_ACTIONS, type Action } from '../session/granted-actions.js';
import {
  decide,
  decideBeforeGrant,
  mayPassVariable,
  POLICY,
  type PolicyDecision,
  type PolicyRequest,
  type PolicyRow,
} from './channel-policy.js';

const ROWS: readonly PolicyRow[] = POLICY;
const NOTHING: ReadonlySet<Action> = new Set();

const requestOf = ({ from, layer, name, subsystem }: PolicyRow): PolicyRequest => ({ from, layer, name, ...(subsystem && { subsystem }) });
const without = (action: Action): ReadonlySet<Action> => new Set([...ALL_ACTIONS].filter((each) => each !== action));
const outcome = (decision: PolicyDecision): string => (decision.kind === 'allow' ? 'allow' : decision.reason);
const titled = ROWS.map(
  (row) => [`${row.layer} "${row.name}${row.subsystem ? ` ${row.subsystem}` : ''}" from the ${row.from}`, row] as const,
);

describe.each(titled)('%s', (_, row) => {
  const request = requestOf(row);

  it('is allowed by all actions exactly if the gateway serves it', () => {
    expect(outcome(decide(request, { actions: ALL_ACTIONS }))).toBe(row.isServed ? 'allow' : 'not-served');
  });

  it('is allowed by the actions that it needs, without any other', () => {
    expect(outcome(decide(request, { actions: new Set(row.needs) }))).toBe(row.isServed ? 'allow' : 'not-served');
  });

  it('is refused if one of its actions is missing', () => {
    for (const action of ALL_ACTIONS) {
      const expected = !row.isServed ? 'not-served' : row.needs.includes(action) ? 'not-granted' : 'allow';
      expect(outcome(decide(request, { actions: without(action) })), action).toBe(expected);
    }
    const expected = !row.isServed ? 'not-served' : row.needs.length > 0 ? 'not-granted' : 'allow';
    expect(outcome(decide(request, { actions: NOTHING }))).toBe(expected);
  });

  it('is decided without actions while no session is granted', () => {
    expect(outcome(decideBeforeGrant(request))).toBe(row.isServed ? 'allow' : 'not-served');
  });

  it('is refused once a program is started, if it must come before', () => {
    const expected = !row.isServed ? 'not-served' : row.beforeStart ? 'already-started' : 'allow';
    expect(outcome(decide({ ...request, isStarted: true }, { actions: ALL_ACTIONS }))).toBe(expected);
  });

  it('is refused in the other direction and on another layer, unless a row says otherwise', () => {
    const others = [
      { ...request, from: row.from === 'client' ? 'asset' : 'client' } as const,
      ...(['channel', 'channel-request', 'global-request'] as const)
        .filter((layer) => layer !== row.layer)
        .map((layer) => ({ ...request, layer })),
    ];
    for (const other of others) {
      const isListed = ROWS.some(({ from, layer, name }) => from === other.from && layer === other.layer && name === other.name);
      if (!isListed) expect(outcome(decide(other, { actions: ALL_ACTIONS }))).toBe('unknown');
    }
  });
});

describe('the policy', () => {
  it('has one row for each request', () => {
    expect(new Set(ROWS.map((row) => JSON.stringify(requestOf(row)))).size).toBe(ROWS.length);
  });

  it.each([
    ['shell', undefined, ['connect']],
    ['exec', undefined, ['connect']],
    ['subsystem', 'sftp', ['connect']],
  ] as const)('starts %s %s by the action connect alone', (name, subsystem, actions) => {
    const request: PolicyRequest = { from: 'client', layer: 'channel-request', name, ...(subsystem && { subsystem }) };
    expect(outcome(decide(request, { actions: new Set(actions) }))).toBe('allow');
    expect(outcome(decide(request, { actions: without('connect') }))).toBe('not-granted');
  });

  it.each(['netconf', 'SFTP', 'sftp ', '', undefined])('refuses the subsystem %j', (subsystem) => {
    const request: PolicyRequest = {
      from: 'client',
      layer: 'channel-request',
      name: 'subsystem',
      ...(subsystem !== undefined && { subsystem }),
    };
    expect(outcome(decide(request, { actions: ALL_ACTIONS }))).toBe('not-served');
  });

  it.each(['subsystem sftp', 'Shell', 'shell\0', '__proto__', 'toString'])('refuses a request of the unknown name %j', (name) => {
    for (const layer of ['channel', 'channel-request', 'global-request'] as const)
      for (const from of ['client', 'asset'] as const)
        expect(outcome(decide({ from, layer, name }, { actions: ALL_ACTIONS }))).toBe('unknown');
  });

  it('quotes in a refusal what was asked, at a bounded length, and which action is missing', () => {
    const unknown = decideBeforeGrant({ from: 'client', layer: 'channel', name: 'x'.repeat(10_000) });
    expect(unknown).toMatchObject({ message: `"${'x'.repeat(100)}" is not allowed through this gateway` });
    const denied = decide({ from: 'client', layer: 'channel-request', name: 'shell' }, { actions: without('connect') });
    expect(denied).toMatchObject({ message: expect.stringContaining('"connect"') as string });
  });

  it.each([
    ['LANG', true],
    ['LC_ALL', true],
    ['LANGUAGE', false],
    ['BASH_ENV', false],
    ['LD_PRELOAD', false],
    ['LC_', false],
    ['XLANG', false],
  ])('of the variable %s: passes is %s', (name, passes) => {
    expect(mayPassVariable(name)).toBe(passes);
  });
});
