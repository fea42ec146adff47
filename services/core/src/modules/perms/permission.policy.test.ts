import { describe, expect, it } from 'vitest';
import { ACTIONS, connectGrant, type Action } from './action.js';
import { decideAccess, type AccessQuestion, type PermissionFacts } from './permission.policy.js';

const now = new Date('2026-03-01T12:00:00Z');
const past = new Date('2026-02-01T00:00:00Z');
const soon = new Date('2026-03-02T00:00:00Z');
const later = new Date('2026-04-01T00:00:00Z');

const permission = (facts: Partial<PermissionFacts> = {}): PermissionFacts => ({
  id: 'p1',
  isActive: true,
  dateStart: past,
  dateExpired: null,
  accounts: ['root'],
  actions: ACTIONS,
  ...facts,
});
const question = (facts: Partial<AccessQuestion> = {}): AccessQuestion => ({
  user: { isActive: true, dateExpired: null },
  asset: { isActive: true },
  account: { username: 'root', isActive: true },
  permissions: [permission()],
  ...facts,
});

describe('decideAccess', () => {
  const denied: [string, Partial<AccessQuestion>, string][] = [
    ['a disabled user', { user: { isActive: false, dateExpired: null } }, 'user-disabled'],
    ['an expired user', { user: { isActive: true, dateExpired: past } }, 'user-expired'],
    ['a user that expires at this very moment', { user: { isActive: true, dateExpired: now } }, 'user-expired'],
    ['a disabled asset', { asset: { isActive: false } }, 'asset-disabled'],
    ['a disabled account', { account: { username: 'root', isActive: false } }, 'account-disabled'],
    ['a user without a permission', { permissions: [] }, 'no-permission'],
    ['a permission for another account', { permissions: [permission({ accounts: ['deploy'] })] }, 'account-not-permitted'],
    ['a permission for no account', { permissions: [permission({ accounts: [] })] }, 'account-not-permitted'],
    ['a permission for the same name in another case', { permissions: [permission({ accounts: ['Root'] })] }, 'account-not-permitted'],
    ['a permission without "connect"', { permissions: [permission({ actions: ['upload', 'download'] })] }, 'action-not-permitted'],
    [
      'an expired permission without "connect"',
      { permissions: [permission({ actions: ['upload'], dateExpired: past })] },
      'action-not-permitted',
    ],
    [
      'a permission without "connect" beside one for another account',
      { permissions: [permission({ actions: ['upload'] }), permission({ id: 'p2', accounts: ['deploy'] })] },
      'action-not-permitted',
    ],
    [
      'a permission without "connect" beside an expired one with it',
      { permissions: [permission({ actions: ['upload'] }), permission({ id: 'p2', dateExpired: past })] },
      'permission-expired',
    ],
    ['a disabled permission', { permissions: [permission({ isActive: false })] }, 'permission-disabled'],
    ['a permission that has not begun', { permissions: [permission({ dateStart: soon })] }, 'permission-not-begun'],
    ['a permission that ended', { permissions: [permission({ dateExpired: past })] }, 'permission-expired'],
    ['a permission that ends at this very moment', { permissions: [permission({ dateExpired: now })] }, 'permission-expired'],
    [
      'an expired permission beside one for another account',
      { permissions: [permission({ dateExpired: past }), permission({ id: 'p2', accounts: ['deploy'] })] },
      'permission-expired',
    ],
    [
      'everything but the user',
      { user: { isActive: false, dateExpired: null }, permissions: [permission({ accounts: ['@all'] })] },
      'user-disabled',
    ],
  ];
  it.each(denied)('denies %s', (_, facts, reason) => {
    expect(decideAccess(question(facts), now)).toEqual({ decision: 'deny', reason });
  });

  const allowed: [string, Partial<AccessQuestion>, string, Date | null][] = [
    ['the named account', {}, 'p1', null],
    ['any account by @all', { permissions: [permission({ accounts: ['@all'] })] }, 'p1', null],
    ['a permission that begins at this very moment', { permissions: [permission({ dateStart: now })] }, 'p1', null],
    ['a permission until it ends', { permissions: [permission({ dateExpired: soon })] }, 'p1', soon],
    [
      'no longer than the user',
      { user: { isActive: true, dateExpired: soon }, permissions: [permission({ dateExpired: later })] },
      'p1',
      soon,
    ],
    [
      'the permission that lasts longest',
      { permissions: [permission({ dateExpired: soon }), permission({ id: 'p2', dateExpired: later })] },
      'p2',
      later,
    ],
    ['one without end before all others', { permissions: [permission({ id: 'p2' }), permission({ dateExpired: later })] }, 'p2', null],
    [
      'a good permission beside an expired one',
      { permissions: [permission({ dateExpired: past }), permission({ id: 'p2', dateExpired: soon })] },
      'p2',
      soon,
    ],
  ];
  it.each(allowed)('allows all actions of %s', (_, facts, permissionId, until) => {
    const endsWithUser = until !== null && facts.user?.dateExpired === until;
    const actions = new Map(ACTIONS.map((action) => [action, { permissionId, until, ...(endsWithUser && { endsWithUser }) }]));
    expect(decideAccess(question(facts), now)).toEqual({ decision: 'allow', actions });
  });

  type Expected = [Action, string, Date | null, { endsWithUser: true }?][];
  const perAction: [string, Partial<AccessQuestion>, Expected][] = [
    ['the actions of the permission and no other', { permissions: [permission({ actions: ['connect'] })] }, [['connect', 'p1', null]]],
    [
      'each action by the permission that allows it longest',
      {
        permissions: [
          permission({ id: 'long', actions: ['connect', 'download'], dateExpired: later }),
          permission({ id: 'short', actions: ['connect', 'upload'], dateExpired: soon }),
        ],
      },
      [
        ['connect', 'long', later],
        ['upload', 'short', soon],
        ['download', 'long', later],
      ],
    ],
    [
      'an action of a permission that does not allow "connect" itself',
      { permissions: [permission({ actions: ['connect'], dateExpired: soon }), permission({ id: 'p2', actions: ['upload'] })] },
      [
        ['connect', 'p1', soon],
        ['upload', 'p2', null],
      ],
    ],
    [
      'no action of an expired, disabled or future permission, or of one for another account',
      {
        permissions: [
          permission({ actions: ['connect'] }),
          permission({ id: 'p2', dateExpired: past }),
          permission({ id: 'p3', isActive: false }),
          permission({ id: 'p4', dateStart: soon }),
          permission({ id: 'p5', accounts: ['deploy'] }),
        ],
      },
      [['connect', 'p1', null]],
    ],
    [
      'no action longer than the user',
      {
        user: { isActive: true, dateExpired: later },
        permissions: [permission({ actions: ['connect'] }), permission({ id: 'p2', actions: ['paste'], dateExpired: soon })],
      },
      [
        ['connect', 'p1', later, { endsWithUser: true }],
        ['paste', 'p2', soon],
      ],
    ],
  ];
  it.each(perAction)('allows %s', (_, facts, expected) => {
    const actions = new Map(expected.map(([action, permissionId, until, more]) => [action, { permissionId, until, ...more }]));
    expect(decideAccess(question(facts), now)).toEqual({ decision: 'allow', actions });
  });
});

describe('connectGrant', () => {
  it('is the grant of "connect"', () => {
    const connect = { permissionId: 'p1', until: soon };
    expect(connectGrant(new Map([['connect', connect]]))).toBe(connect);
  });

  it('refuses actions without "connect"', () => {
    expect(() => connectGrant(new Map())).toThrow('"connect"');
  });
});
