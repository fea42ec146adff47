import { rename, writeFile } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { inOrg, systemCtx, uuidv7, type Clock } from '@sallyport/context';
import { hashPassword, randomToken } from '@sallyport/crypto';
import { Database } from '../../database/index.js';
import { CLOCK } from '../../platform/index.js';
import { AuditLog } from '../audits/index.js';
import { DEFAULT_ORG_ID } from '../orgs/index.js';
import type { UserEntity } from './user.entity.js';
import { UserRepository } from './user.repository.js';

const ADMIN_NAME = 'admin';
const PASSWORD_BYTES = 18;

/** Password of a new admin, or the destination of a random one: a file, or standard output. */
export type PasswordSink = { readonly given: string } | { readonly file: string } | { readonly print: (line: string) => void };

/** Creates the built-in admin of a new installation. */
@Injectable()
export class FirstAdmin {
  constructor(
    private readonly database: Database,
    private readonly users: UserRepository,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Creates the user "admin" if there is none. The password is written before the user is committed, so that it is never lost. */
  async ensure(sink: PasswordSink): Promise<void> {
    const ctx = inOrg(systemCtx('first-start'), DEFAULT_ORG_ID);
    if (await this.users.findByUsername(ctx, ADMIN_NAME)) return;
    const password = 'given' in sink ? sink.given : randomToken(PASSWORD_BYTES);
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
      passwordGeneration: 0,
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

/** Writes the password. A file is complete or absent, and only its owner may read it. */
async function handOver(password: string, sink: PasswordSink): Promise<void> {
  if ('given' in sink) return;
  if ('print' in sink) return sink.print(`First start: sign in as "${ADMIN_NAME}" with the password ${password} and change it.`);
  const half = `${sink.file}.${uuidv7()}`;
  await writeFile(half, `${password}\n`, { mode: 0o600, flag: 'wx' });
  await rename(half, sink.file);
}
