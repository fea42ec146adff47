import { describe, expect, it } from 'vitest';
import { RIGHTS, type Right } from './rights.js';
import { ROLE_RIGHTS, roleHas } from './role-rights.js';

describe('rights of the built-in roles', () => {
  it.each([
    ['admin', 'users.profile:update', true],
    ['admin', 'audits.events:view', true],
    ['admin', 'assets.hosts:update', true],
    ['auditor', 'users.profile:update', true],
    ['auditor', 'audits.events:view', true],
    ['auditor', 'terminal.sessions:replay', true],
    ['auditor', 'terminal.sessions:terminate', false],
    ['auditor', 'assets.hosts:view', false],
    ['user', 'users.profile:update', true],
    ['user', 'audits.events:view', false],
    ['user', 'assets.hosts:view', false],
  ] as const)('%s × %s: %s', (role, right, expected) => {
    expect(roleHas(role, right)).toBe(expected);
  });

  it('let an auditor change no resource', () => {
    const changing = ROLE_RIGHTS.auditor.filter((right: Right) => /:(create|update|delete|terminate|unlock|test)$/.test(right));
    expect(changing.filter((right) => !ROLE_RIGHTS.user.includes(right))).toEqual([]);
  });

  it('contain every right for an admin', () => {
    expect([...ROLE_RIGHTS.admin].sort()).toEqual(Object.keys(RIGHTS).sort());
  });
});
