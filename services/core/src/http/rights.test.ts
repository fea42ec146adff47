import { describe, expect, it } from 'vitest';
import { roleHas } from './rights.js';

describe('rights', () => {
  it.each([
    ['admin', 'profile', true],
    ['admin', 'audit', true],
    ['admin', 'administer', true],
    ['auditor', 'profile', true],
    ['auditor', 'audit', true],
    ['auditor', 'administer', false],
    ['user', 'profile', true],
    ['user', 'audit', false],
    ['user', 'administer', false],
  ] as const)('%s × %s: %s', (role, right, expected) => {
    expect(roleHas(role, right)).toBe(expected);
  });
});
