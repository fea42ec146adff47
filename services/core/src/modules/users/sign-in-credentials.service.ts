import { Injectable } from '@nestjs/common';
import type { Ctx } from '@sallyport/context';
import { SignInCredentialRepository, type SignInUse } from './sign-in-credential.repository.js';
import type { RevokedCredential, SignInCredential } from './sign-in-credential.js';

/** Checks that the key or password of an earlier sign-in still counts. */
@Injectable()
export class SignInCredentials {
  constructor(private readonly credentials: SignInCredentialRepository) {}

  /** Returns the part of the credential that is not valid any more; undefined if all is valid. */
  async revokedPart(ctx: Ctx, userId: string, credential: SignInCredential): Promise<RevokedCredential | undefined> {
    return (await this.credentials.revoked(ctx, [{ id: userId, userId, ...credential }])).get(userId);
  }

  /** Returns, by its place among the uses, the part of each credential that is not valid any more. One query. */
  async revokedAt(ctx: Ctx, uses: readonly Omit<SignInUse, 'id'>[]): Promise<ReadonlyMap<number, RevokedCredential>> {
    const places = uses.map((use, at) => ({ ...use, id: placeId(at) }));
    const revoked = await this.credentials.revoked(ctx, places);
    return new Map([...revoked].map(([id, part]) => [Number.parseInt(id.slice(-12), 16), part]));
  }

  /** Returns, by id, those uses whose credential is not valid any more. One query. */
  revoked(ctx: Ctx, uses: readonly SignInUse[]): Promise<ReadonlyMap<string, RevokedCredential>> {
    return this.credentials.revoked(ctx, uses);
  }
}

/** Returns a place as an id. */
const placeId = (at: number): string => `00000000-0000-0000-0000-${at.toString(16).padStart(12, '0')}`;
