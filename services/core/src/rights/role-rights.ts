import type { Role } from '@sallyport/contracts';
import { RIGHTS, type Right } from './rights.js';

const EVERY_RIGHT = Object.keys(RIGHTS) as Right[];

/** Rights that each user has about the own sign-in and profile. */
const OWN: readonly Right[] = ['authentication.auth:delete', 'users.profile:view', 'users.profile:update'];

const AUDIT: readonly Right[] = [
  'audits.events:view',
  'audits.events:verify',
  'terminal.commands:view',
  'terminal.components:view',
  'terminal.sessions:view',
  'terminal.sessions:replay',
];

/** Rights of the built-in roles. */
export const ROLE_RIGHTS = {
  admin: EVERY_RIGHT,
  auditor: [...OWN, ...AUDIT],
  user: OWN,
} satisfies Record<Role, readonly Right[]>;

const SETS: Readonly<Record<Role, ReadonlySet<Right>>> = {
  admin: new Set(ROLE_RIGHTS.admin),
  auditor: new Set(ROLE_RIGHTS.auditor),
  user: new Set(ROLE_RIGHTS.user),
};

/** Returns true if a role has a right. */
export const roleHas = (role: Role, right: Right): boolean => SETS[role].has(right);
