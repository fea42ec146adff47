import { rm } from 'node:fs/promises';
import { replaceFile } from '../data/keep-file.js';
import type { Site } from '../parts/backing-units.js';
import type { DatabaseUrlFiles } from '../parts/database.js';
import { runServiceCommand } from '../parts/service-units.js';

/** Names of the demo's user and asset. */
export const DEMO = { user: 'demo', asset: 'demo' } as const;

/** Creates the demo's user, host, account and permission if they are missing, and sends core the asset's port of this run. */
export async function seedDemo(site: Site, databases: DatabaseUrlFiles, account: string): Promise<void> {
  const file = site.data.secret('seed.json');
  await replaceFile(file, JSON.stringify(demoSeed(site, account)));
  try {
    await runServiceCommand(site, databases, 'core', 'seed', file);
  } finally {
    await rm(file, { force: true }); // it contains the account's key
  }
}

function demoSeed({ secrets, ports }: Site, account: string): object {
  return {
    users: [{ username: DEMO.user, ssh_public_keys: [secrets.demoUser.publicKey] }],
    hosts: [{ name: DEMO.asset, address: '127.0.0.1', port: ports.demoAsset }],
    accounts: [{ host: DEMO.asset, username: account, private_key: secrets.demoAccount.privateKey }],
    permissions: [{ name: 'demo', users: [DEMO.user], assets: [DEMO.asset], accounts: [account] }],
  };
}
