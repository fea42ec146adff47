import { rename, writeFile } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { systemCtx, uuidv7, type Clock } from '@sallyport/context';
import { hashPassword, randomToken } from '@sallyport/crypto';
import { Database } from '../../database/index.js';
import { CLOCK } from '../../platform/index.js';
import { AuditLog } from '../audits/index.js';
import type { UserEntity } from './user.entity.js';
import { UserRepository } from './user.repository.js';

const ADMIN_NAME = 'admin';
const PASSWORD_BYTES = 18;

/** Where the password of a new admin goes: into a file, or once to standard output. */
export type PasswordSink = { readonly file: string } | { readonly print: (line: string) => void };

/** Makes the built-in admin when nobody could administer the place. */
@Injectable()
export class FirstAdmin {
  constructor(
    private readonly database: Database,
    private readonly users: UserRepository,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Does nothing where there is a user "admin". The password is handed over before the user exists, so that it is never lost. */
  async ensure(sink: PasswordSink): Promise<void> {
    const ctx = systemCtx('first-start');
    if (await this.users.findByUsername(ctx, ADMIN_NAME)) return;
    const password = randomToken(PASSWORD_BYTES);
    const admin = this.rowOf(await hashPassword(password));
    await this.database.run(ctx, async (inside) => {
      await this.users.lockForFirstAdmin(inside);
      if (await this.users.findByUsername(inside, ADMIN_NAME)) return;
      await this.users.add(inside, admin);
      await this.audit.write(inside, {
        type: 'user.created',
        outcome: 'success',
        resource: { kind: 'user', id: admin.id, name: ADMIN_NAME },
        facts: { role: 'admin' },
      });
      await handOver(password, sink);
    });
  }

  private rowOf(passwordHash: string): UserEntity {
    const now = new Date(this.clock.now());
    return {
      id: uuidv7(),
      username: ADMIN_NAME,
      name: 'Administrator',
      email: null,
      role: 'admin',
      passwordHash,
      mustChangePassword: true,
      isActive: true,
      dateExpired: null,
      datePasswordChanged: null,
      dateLastLogin: null,
      comment: '',
      createdBy: 'first-start',
      dateCreated: now,
      dateUpdated: now,
    };
  }
}

/** A file is there whole or not at all, and for its owner alone. */
async function handOver(password: string, sink: PasswordSink): Promise<void> {
  if ('print' in sink) return sink.print(`First start: sign in as "${ADMIN_NAME}" with the password ${password} and change it.`);
  const half = `${sink.file}.${uuidv7()}`;
  await writeFile(half, `${password}\n`, { mode: 0o600, flag: 'wx' });
  await rename(half, sink.file);
}
