import { uuidv7 } from '@sallyport/context';
import { makeSshKey } from '@sallyport/testkit';
import type { TestCore } from './a-core.js';

/** A row of a list; its fields are named in tests. */
export interface Row {
  readonly id: string;
  readonly type: string;
  readonly outcome: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** Makes things through the REST API, as an admin does. */
export class TestAdmin {
  constructor(private readonly core: TestCore) {}

  /** Creates a row and returns its id. */
  async create(path: string, body: unknown): Promise<string> {
    const answer = await this.core.call('POST', path, { token: this.core.admin, body });
    if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`);
    return (JSON.parse(answer.text) as Row).id;
  }

  async change(path: string, body: unknown): Promise<void> {
    const answer = await this.core.call('PATCH', path, { token: this.core.admin, body });
    if (answer.status !== 200) throw new Error(`PATCH ${path}: ${answer.status} ${answer.text}`);
  }

  async list(path: string): Promise<Row[]> {
    const answer = await this.core.call('GET', path, { token: this.core.admin });
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.text}`);
    return (JSON.parse(answer.text) as { results: Row[] }).results;
  }
}

export const PASSWORD = 'a quite long password';

/** Creates a user with password and key, a host with an account, and a permission. Names are new each time. */
export async function aWorkplace(core: TestCore) {
  const admin = new TestAdmin(core);
  const tag = uuidv7().slice(-12);
  const username = `user-${tag}`;
  const asset = `web-${tag}`;
  const key = await makeSshKey('ed25519', 'test');
  const userId = await admin.create('users/users', { username, password: PASSWORD, must_change_password: false });
  await admin.create(`users/users/${userId}/ssh-keys`, { public_key: key.publicKey });
  const assetId = await admin.create('assets/hosts', { name: asset, address: `${tag}.example`, port: 2200 });
  const accountId = await admin.create('accounts/accounts', { asset: assetId, username: 'root', password: 'the secret of root' });
  const permissionId = await admin.create('perms/asset-permissions', {
    name: `permission-${tag}`,
    users: [userId],
    assets: [assetId],
    accounts: ['root'],
  });
  return {
    admin,
    username,
    userId,
    keyBlob: Buffer.from(key.publicKey.split(' ')[1] ?? '', 'base64'),
    asset,
    assetId,
    address: `${tag}.example`,
    accountId,
    permissionId,
  };
}
