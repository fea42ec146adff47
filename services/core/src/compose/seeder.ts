import type { INestApplicationContext } from '@nestjs/common';
import type { OrgCtx } from '@sallyport/context';
import { Accounts } from '../modules/accounts/index.js';
import { Hosts } from '../modules/assets/index.js';
import { AssetPermissions } from '../modules/perms/index.js';
import { canonicalAddress } from '../platform/index.js';
import { KnownUsers, SshKeys, SshKeyTaken, Users } from '../modules/users/index.js';
import type { SeedFile } from './seed-file.js';

/** Creates the rows of a seed file that are missing and updates the others. A second run changes nothing. */
export class Seeder {
  constructor(
    private readonly app: INestApplicationContext,
    private readonly ctx: OrgCtx,
  ) {}

  async apply(seed: SeedFile): Promise<void> {
    for (const user of seed.users) await this.user(user);
    for (const host of seed.hosts) await this.host(host);
    for (const account of seed.accounts) await this.account(account);
    for (const permission of seed.permissions) await this.permission(permission);
  }

  private async user({ username, role, password, date_expired, ssh_public_keys: lines }: SeedFile['users'][number]): Promise<void> {
    const known = await this.app.get(KnownUsers).findByUsername(this.ctx, username);
    const given = {
      username,
      role,
      ...(date_expired !== undefined && { date_expired }),
      ...(password !== undefined && { password, must_change_password: false }),
    };
    const userId = known?.id ?? (await this.app.get(Users).create(this.ctx, given)).id;
    for (const line of lines) await this.key(userId, line);
  }

  private async key(userId: string, line: string): Promise<void> {
    try {
      await this.app.get(SshKeys).add(this.ctx, userId, { public_key: line });
    } catch (error) {
      if (!(error instanceof SshKeyTaken)) throw error;
    }
  }

  private async host(given: SeedFile['hosts'][number]): Promise<void> {
    const hosts = this.app.get(Hosts);
    const known = await hosts.findByName(this.ctx, given.name);
    if (!known) await hosts.create(this.ctx, { ...given, is_active: true, comment: '' });
    else if (known.address !== canonicalAddress(given.address) || known.port !== given.port) await hosts.update(this.ctx, known.id, given);
  }

  /** Creates a missing account. An existing one keeps its secret, which may have been rotated since. */
  private async account({ host, ...given }: SeedFile['accounts'][number]): Promise<void> {
    const asset = await this.hostId(host);
    if (await this.app.get(Accounts).findId(this.ctx, asset, given.username)) return;
    await this.app.get(Accounts).create(this.ctx, { ...given, asset, is_active: true, comment: '' });
  }

  private async permission({ name, ...given }: SeedFile['permissions'][number]): Promise<void> {
    const permissions = this.app.get(AssetPermissions);
    const users = await Promise.all(given.users.map((username) => this.userId(username)));
    const assets = await Promise.all(given.assets.map((host) => this.hostId(host)));
    const known = await permissions.findByName(this.ctx, name);
    const wanted = { users, assets, accounts: given.accounts };
    if (!known) await permissions.create(this.ctx, { name, ...wanted });
    else if (!hasAll(known, wanted)) await permissions.update(this.ctx, known.id, wanted);
  }

  private async userId(username: string): Promise<string> {
    const user = await this.app.get(KnownUsers).findByUsername(this.ctx, username);
    if (!user) throw new Error(`the seed names the user "${username}", which does not exist`);
    return user.id;
  }

  private async hostId(name: string): Promise<string> {
    const host = await this.app.get(Hosts).findByName(this.ctx, name);
    if (!host) throw new Error(`the seed names the host "${name}", which is not there`);
    return host.id;
  }
}

type Named = Readonly<Record<'users' | 'assets' | 'accounts', readonly string[]>>;

const hasAll = (known: Named, wanted: Named): boolean =>
  (['users', 'assets', 'accounts'] as const).every((list) => known[list].toSorted().join() === wanted[list].toSorted().join());
