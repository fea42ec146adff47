import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makePassword, makeSshKey } from '@sallyport/keys';
import { z } from 'zod';

/** Prefix of the names of all rows of a test. */
export const PREFIX = 'sallyport-test-';
/** The rows of a test can't be used for longer, whatever becomes of the test. */
const EXPIRE_MS = 15 * 60_000;

/** Names and keys of one test. All but the names are secrets. */
const planSchema = z.object({
  name: z.string(),
  account: z.string(),
  port: z.number(),
  adminPassword: z.string(),
  userKey: z.string(),
  accountPublicKey: z.string(),
  hostKey: z.string(),
});
export type Plan = z.infer<typeof planSchema>;

/** Names of the users of a test: one that works, and one that looks at the evidence. */
export const userOf = (plan: Plan): string => plan.name;
export const adminOf = (plan: Plan): string => `${plan.name}-admin`;

/** Makes the keys of a test and writes them and core's seed file to `folder`. The asset of the test listens at address and port. */
export async function writePlan(folder: string, address: string, port: number, now: number): Promise<void> {
  const name = `${PREFIX}${randomBytes(4).toString('hex')}`;
  const [user, account, host] = await Promise.all([1, 2, 3].map(() => makeSshKey('ed25519', name)));
  if (user === undefined || account === undefined || host === undefined) throw new Error('no keys were made');
  const plan: Plan = {
    name,
    account: 'tester',
    port,
    adminPassword: makePassword(),
    userKey: user.privateKey,
    accountPublicKey: account.publicKey,
    hostKey: host.privateKey,
  };
  const seed = seedOf(plan, { address, userPublicKey: user.publicKey, accountKey: account.privateKey, expires: new Date(now + EXPIRE_MS) });
  await writeFile(join(folder, 'plan.json'), JSON.stringify(plan), { mode: 0o600 });
  await writeFile(join(folder, 'seed.json'), JSON.stringify(seed), { mode: 0o600 });
}

/** Reads the plan of a folder. */
export const readPlan = async (folder: string): Promise<Plan> =>
  planSchema.parse(JSON.parse(await readFile(join(folder, 'plan.json'), 'utf8')));

interface SeedFacts {
  readonly address: string;
  readonly userPublicKey: string;
  readonly accountKey: string;
  readonly expires: Date;
}

function seedOf(plan: Plan, { address, userPublicKey, accountKey, expires }: SeedFacts): object {
  const date_expired = expires.toISOString();
  return {
    users: [
      { username: userOf(plan), ssh_public_keys: [userPublicKey], date_expired },
      { username: adminOf(plan), password: plan.adminPassword, role: 'admin', date_expired },
    ],
    hosts: [{ name: plan.name, address, port: plan.port }],
    accounts: [{ host: plan.name, username: plan.account, private_key: accountKey }],
    permissions: [{ name: plan.name, users: [userOf(plan)], assets: [plan.name], accounts: [plan.account] }],
  };
}
