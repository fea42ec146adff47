import { describe, expect, it } from 'vitest';
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
    ['a user who expired', { user: { isActive: true, dateExpired: past } }, 'user-expired'],
    ['a user who expires this very moment', { user: { isActive: true, dateExpired: now } }, 'user-expired'],
    ['a disabled asset', { asset: { isActive: false } }, 'asset-disabled'],
    ['a disabled account', { account: { username: 'root', isActive: false } }, 'account-disabled'],
    ['nobody’s permission', { permissions: [] }, 'no-permission'],
    ['a permission for another account', { permissions: [permission({ accounts: ['deploy'] })] }, 'account-not-permitted'],
    ['a permission for no account', { permissions: [permission({ accounts: [] })] }, 'account-not-permitted'],
    ['a permission for the same name in another case', { permissions: [permission({ accounts: ['Root'] })] }, 'account-not-permitted'],
    ['a disabled permission', { permissions: [permission({ isActive: false })] }, 'permission-disabled'],
    ['a permission that has not begun', { permissions: [permission({ dateStart: soon })] }, 'permission-not-begun'],
    ['a permission that ended', { permissions: [permission({ dateExpired: past })] }, 'permission-expired'],
    ['a permission that ends this very moment', { permissions: [permission({ dateExpired: now })] }, 'permission-expired'],
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
    ['a permission that begins this very moment', { permissions: [permission({ dateStart: now })] }, 'p1', null],
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
  it.each(allowed)('allows %s', (_, facts, permissionId, until) => {
    expect(decideAccess(question(facts), now)).toEqual({ decision: 'allow', permissionId, until });
  });
});
