import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import type { RevokedCredential, SignInCredential } from './sign-in-credential.js';

/** The use of a sign-in, by an id that is its caller's own. */
export interface SignInUse extends SignInCredential {
  readonly id: string;
  readonly userId: string;
}

/** A key that was removed and added again has another id. A user that was deleted has no key and no password. */
const REVOKED = `
  SELECT s.id, CASE WHEN s.key_id IS NOT NULL AND k.id IS NULL THEN 'key' ELSE 'password' END AS part
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::integer[]) AS s (id, user_id, key_id, generation)
  LEFT JOIN core."user" u ON u.id = s.user_id
  LEFT JOIN core.user_ssh_key k ON k.id = s.key_id AND k.user_id = s.user_id AND k.is_active
  WHERE (s.key_id IS NOT NULL AND k.id IS NULL) OR (s.generation IS NOT NULL AND s.generation IS DISTINCT FROM u.password_generation)`;

@Injectable()
export class SignInCredentialRepository {
  constructor(private readonly database: Database) {}

  /** Returns, by id, those uses whose credential is not valid any more. */
  async revoked(ctx: Ctx, uses: readonly SignInUse[]): Promise<Map<string, RevokedCredential>> {
    if (uses.length === 0) return new Map();
    const column = (name: keyof SignInUse) => uses.map((use) => use[name]);
    const parameters = [column('id'), column('userId'), column('keyId'), column('passwordGeneration')];
    const rows = await this.database.sql<{ id: string; part: RevokedCredential }[]>(ctx, REVOKED, parameters);
    return new Map(rows.map(({ id, part }) => [id, part]));
  }
}
