/**
 * Builds an expression for the part of a sign-in's credential that is not valid any more, null if all is valid. `user` is the alias of the user,
 * which may be missing; `key` and `generation` are the credential. A key that was removed and added again has another id.
 */
export const revokedPartSql = (user: string, key: string, generation: string): string => `
  CASE WHEN ${key} IS NOT NULL AND NOT EXISTS (
         SELECT FROM core.user_ssh_key held WHERE held.id = ${key} AND held.user_id = ${user}.id AND held.is_active) THEN 'key'
       WHEN ${generation} IS NOT NULL AND ${generation} IS DISTINCT FROM ${user}.password_generation THEN 'password' END`;
