import { Inject, Injectable } from '@nestjs/common';
import type { UserCreate } from '@sallyport/contracts';
import { uuidv7, type Clock, type Ctx } from '@sallyport/context';
import { hashPassword } from '@sallyport/crypto';
import { Database } from '../../database/index.js';
import { actorName, CLOCK } from '../../platform/index.js';
import { AuditLog } from '../audits/index.js';
import { refuseEasyPassword } from './password.policy.js';
import type { UserEntity } from './user.entity.js';
import { UserRepository } from './user.repository.js';

@Injectable()
export class CreateUser {
  constructor(
    private readonly database: Database,
    private readonly users: UserRepository,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Refuses a taken name or e-mail address and an easy password. A given password has to be changed at first sign-in unless the request says otherwise. */
  async create(ctx: Ctx, given: UserCreate): Promise<UserEntity> {
    if (given.password !== undefined) refuseEasyPassword(given.password, given.username);
    const passwordHash = given.password === undefined ? null : await hashPassword(given.password);
    const user = this.rowOf(ctx, given, passwordHash);
    await this.database.run(ctx, async (inside) => {
      await this.users.add(inside, user);
      const resource = { kind: 'user', id: user.id, name: user.username } as const;
      await this.audit.write(inside, { type: 'user.created', outcome: 'success', resource, facts: { role: user.role } });
    });
    return user;
  }

  private rowOf(ctx: Ctx, given: UserCreate, passwordHash: string | null): UserEntity {
    const now = new Date(this.clock.now());
    return {
      id: uuidv7(),
      username: given.username,
      name: given.name ?? given.username,
      email: given.email ?? null,
      role: given.role ?? 'user',
      passwordHash,
      mustChangePassword: given.must_change_password ?? passwordHash !== null,
      isActive: given.is_active ?? true,
      dateExpired: given.date_expired ? new Date(given.date_expired) : null,
      datePasswordChanged: passwordHash === null ? null : now,
      dateLastLogin: null,
      comment: given.comment ?? '',
      createdBy: actorName(ctx.actor),
      dateCreated: now,
      dateUpdated: now,
    };
  }
}
