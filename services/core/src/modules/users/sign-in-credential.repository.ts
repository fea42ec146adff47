import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { Database } from '../../database/index.js';
import type { RevokedCredential, SignInCredential } from './sign-in-credential.js';
import { revokedPartSql } from './sign-in-credential.sql.js';

/** The use of a sign-in, by an id that is its caller's own. */
export interface SignInUse extends SignInCredential {
  readonly id: string;
  readonly userId: string;
}

/** A user that was deleted has no key and no password. */
const REVOKED = `
  SELECT judged.id, judged.part FROM (
    SELECT s.id, ${revokedPartSql('u', 's.key_id', 's.generation')} AS part
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::integer[]) AS s (id, user_id, key_id, generation)
    LEFT JOIN core."user" u ON u.id = s.user_id) judged
  WHERE judged.part IS NOT NULL`;

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
