// Compares three paths to the same sshd, interleaved round by round: the whole product with recording on, a direct connection, `ssh -J`.
// Compare the ratios: absolute figures depend on the machine and its load.
//   node tests/load/ssh-path.ts [--rounds 5] [--quick] [--only memory,login,rate,bulk,scp,key,idle,unfair,parts,ansible]
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { aProduct, type Product } from '../e2e/product.ts';
import { readLoadOptions } from './extent.ts';
import { measureAll } from './measures.ts';
import { measurePartCosts, type Part } from './part-costs.ts';
import { measurePartMemory } from './part-memory.ts';
import type { NoDelaySshd } from './nodelay-sshd.ts';
import { jumpOf, planBulk, startSurroundings, type Entrance } from './surroundings.ts';

/** Users of the gateway. Each may hold a tenth of the idle sessions. */
const USERS = 12;
const options = readLoadOptions();
// The attackers have addresses of their own: no exemption holds for them.
const product = await aProduct({ parts: [], settings: { GATEWAY_PER_SOURCE_PENALTY_EXEMPT_LIST: '127.0.0.1/32' } });
const place = await startSurroundings(product.folder);
try {
  const gateway = await register(product, place.target);
  const bulk = await planBulk(place, { gateway }, options.mib);
  console.log(
    `${options.rounds} rounds of ${options.mib} MiB, TCP_NODELAY ${place.preload ? 'forced on every OpenSSH socket' : 'as OpenSSH sets it (no compiler)'}, aes128-gcm on every hop, recording on\n`,
  );
  if (isWanted('memory')) await measurePartMemory(partsOf(product));
  if (isWanted('parts')) await measurePartCosts(bulk.client, partsOf(product), options.mib);
  await measureAll({ paths: ['direct', 'jump', 'gateway'], bulkPaths: [], bulk, gate: gateway, jump: jumpOf(place) }, options);
} finally {
  await place.remove();
  await product.remove();
}
process.exit(process.exitCode); // a leftover handle must not keep the terminal

function isWanted(group: string): boolean {
  return options.only.length === 0 || options.only.includes(group);
}

function partsOf({ run }: Product): Part[] {
  return [...run.services, ...run.backing].map(({ name, pid }) => ({ name, pid }));
}

/** Returns how often the event loops of the gateway's data processes were blocked for more than 50 ms. */
async function loopBlocksOf(health: string): Promise<number> {
  const metrics = await (await fetch(new URL('/metrics', health))).text();
  return [...metrics.matchAll(/^gateway_process_loop_blocks{.*} (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
}

async function register(product: Product, { port, login }: NoDelaySshd): Promise<Entrance> {
  const host = await product.admin.post<{ id: string }>('assets/hosts', { name: 'load-target', address: '127.0.0.1', port });
  await product.admin.post('accounts/accounts', {
    asset: host.id,
    username: login.username,
    private_key: await readFile(login.privateKeyFile, 'utf8'),
  });
  const users = await Promise.all(Array.from({ length: USERS }, (_, at) => product.admin.createUser(`load-user-${at}`)));
  await product.admin.permit({ name: 'load', users: users.map(({ id }) => id), assets: [host.id], accounts: ['@all'] });
  const targets = await Promise.all(users.map((user) => product.as(user, `${login.username}@load-target`)));
  const [gate, attacker, ...others] = targets.map(({ port, user, privateKeyFile = '' }) => ({ port, user, keyFile: privateKeyFile }));
  const { pid, health } = product.run.services.find(({ name }) => name === 'gateway')!;
  return { ...gate!, pid, attacker: attacker!, others, loopBlocks: () => loopBlocksOf(health) };
}
