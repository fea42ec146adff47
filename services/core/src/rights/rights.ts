/**
 * Every right: `area.resource:verb`, with what it allows. The registry that endpoints, roles, OpenAPI (`x-right`) and docs/rights.md are made from.
 * A right is never renamed: roles keep it by name.
 */
export const RIGHTS = {
  'accounts.accounts:view': 'List and read accounts; secrets are never shown',
  'accounts.accounts:create': 'Create accounts with their secrets',
  'accounts.accounts:update': 'Change accounts and their secrets',
  'accounts.accounts:delete': 'Delete accounts',
  'accounts.accounts:test': 'Start a connectivity test of an account',
  'assets.host-keys:view': 'List the host keys that are pinned for a host',
  'assets.host-keys:create': 'Approve host keys before a host presents them',
  'assets.host-keys:delete': 'Unpin host keys',
  'assets.hosts:view': 'List and read hosts',
  'assets.hosts:create': 'Create hosts',
  'assets.hosts:update': 'Change hosts',
  'assets.hosts:delete': 'Delete hosts with their accounts',
  'audits.events:view': 'List audit events',
  'audits.events:verify': 'Verify the audit chain',
  'authentication.auth:delete': 'End the own sign-in',
  'ops.tasks:view': 'Read tasks',
  'perms.asset-permissions:view': 'List and read asset permissions',
  'perms.asset-permissions:create': 'Create asset permissions',
  'perms.asset-permissions:update': 'Change asset permissions',
  'perms.asset-permissions:delete': 'Delete asset permissions',
  'terminal.commands:view': 'Search commands',
  'terminal.components:view': 'List the processes of the installation',
  'terminal.sessions:view': 'List and read sessions',
  'terminal.sessions:terminate': 'Terminate sessions',
  'terminal.sessions:replay': 'Download recordings',
  'users.profile:view': 'Read the own profile',
  'users.profile:update': 'Change the own profile and password',
  'users.ssh-keys:view': 'List the public keys of users',
  'users.ssh-keys:create': 'Add public keys to users',
  'users.ssh-keys:delete': 'Delete public keys of users',
  'users.users:view': 'List and read users',
  'users.users:create': 'Create users',
  'users.users:update': 'Change users and their passwords',
  'users.users:delete': 'Delete users',
  'users.users:unlock': 'Unlock users after wrong passwords',
} as const satisfies Record<`${string}.${string}:${string}`, string>;

/** Name of a right. */
export type Right = keyof typeof RIGHTS;
