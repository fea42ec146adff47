// Compares three paths to the same sshd, interleaved round by round: the whole product with recording on, a direct connection, `ssh -J`.
// Compare the ratios: absolute figures depend on the machine and its load.
//   node tests/load/ssh-path.ts [--rounds 5] [--quick] [--only login,rate,bulk,scp,key,idle,unfair,parts]
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { aProduct, type Product } from '../e2e/product.ts';
import { readLoadOptions } from './extent.ts';
import { measureAll } from './measures.ts';
import { measurePartCosts, type Part } from './part-costs.ts';
import type { NoDelaySshd } from './nodelay-sshd.ts';
import { planBulk, startSurroundings, type Entrance } from './surroundings.ts';

const options = readLoadOptions();
const product = await aProduct({ parts: [] });
const place = await startSurroundings(product.folder);
try {
  const gateway = await register(product, place.target);
  const bulk = await planBulk(place, { gateway }, options.mib);
  console.log(
    `${options.rounds} rounds of ${options.mib} MiB, TCP_NODELAY ${place.preload ? 'forced on every OpenSSH socket' : 'as OpenSSH sets it (no compiler)'}, aes128-gcm on every hop, recording on\n`,
  );
  if (options.only.length === 0 || options.only.includes('parts')) await measurePartCosts(bulk.client, partsOf(product), options.mib);
  await measureAll({ paths: ['direct', 'jump', 'gateway'], bulkPaths: [], bulk, gate: gateway }, options);
} finally {
  await place.remove();
  await product.remove();
}
process.exit(0); // a leftover handle must not keep the terminal

function partsOf({ run }: Product): Part[] {
  return [...run.services, ...run.backing].map(({ name, pid }) => ({ name, pid }));
}

async function register(product: Product, { port, login }: NoDelaySshd): Promise<Entrance> {
  const host = await product.admin.post<{ id: string }>('assets/hosts', { name: 'load-target', address: '127.0.0.1', port });
  await product.admin.post('accounts/accounts', {
    asset: host.id,
    username: login.username,
    private_key: await readFile(login.privateKeyFile, 'utf8'),
  });
  const [user, attacker] = [await product.admin.createUser('load-user'), await product.admin.createUser('load-attacker')];
  await product.admin.permit({ name: 'load', users: [user.id, attacker.id], assets: [host.id], accounts: ['@all'] });
  const gate = await product.as(user, `${login.username}@load-target`);
  const attackers = await product.as(attacker, `${login.username}@load-target`);
  const pid = product.run.services.find(({ name }) => name === 'gateway')?.pid ?? 0;
  return {
    port: gate.port,
    user: gate.user,
    keyFile: gate.privateKeyFile ?? '',
    pid,
    attacker: { user: attackers.user, keyFile: attackers.privateKeyFile ?? '' },
  };
}
