import type { Role } from '@sallyport/contracts';

/**
 * What an endpoint asks for: nothing (`public`), being signed in (`profile`), reading what happened (`audit`), or running the place (`administer`).
 */
export type Right = 'public' | 'profile' | 'audit' | 'administer';

const RIGHTS = {
  admin: ['public', 'profile', 'audit', 'administer'],
  auditor: ['public', 'profile', 'audit'],
  user: ['public', 'profile'],
} satisfies Record<Role, readonly Right[]>;

/** Whether somebody in a role may do what asks for a right. */
export const roleHas = (role: Role, right: Right): boolean => (RIGHTS[role] as readonly Right[]).includes(right);
