// Compares the way through the gateway with the direct one and with `ssh -J`, all to the same sshd, interleaved round by round.
// The ratios count; absolute figures are of this machine in this minute.
//   node tests/load/ssh-path.ts [--rounds 5] [--quick]
import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { anSshd, runSsh, type TestSshd } from '@sallyport/testkit';
import { aProduct, type Product } from '../e2e/product.ts';
import { measureScp, measureStream } from './bulk.ts';
import type { LoadClient } from './client.ts';
import { measureKeystroke } from './keystroke.ts';
import { measureLogin, measureLoginRate } from './login.ts';
import { buildNoDelayPreload } from './preload.ts';
import { processCost } from './process-cost.ts';
import { measureInterleaved, printFigures, type Measure } from './rounds.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, quick: { type: 'boolean', default: false } } });
const rounds = Math.max(1, Number(values.rounds));
const mib = values.quick ? 64 : 256;

const product = await aProduct({ parts: [] });
const [target, jump] = [await anSshd(), await anSshd()];
try {
  await compare(product, target, jump);
} finally {
  await Promise.all([target.remove(), jump.remove()]);
  await product.remove();
}
process.exit(0); // a leftover handle must not keep the terminal

async function compare(product: Product, target: TestSshd, jump: TestSshd): Promise<void> {
  const client = await configure(product, target, jump);
  const remote = `/tmp/sallyport-load-${process.pid}`;
  const local = path.join(product.folder, 'payload');
  await writeFile(local, Buffer.alloc(mib * 1024 * 1024, 'sallyport'));
  await runSsh({ port: target.port, user: target.logins[0].username, privateKeyFile: target.logins[0].privateKeyFile, command: `head -c ${mib}M /dev/zero > ${remote}` });
  console.log(`${rounds} rounds of ${mib} MiB, TCP_NODELAY ${client.preload ? 'forced on every OpenSSH socket' : 'as OpenSSH sets it (no compiler)'}, aes128-gcm on every hop, recording on\n`);
  await show('login', 'ms', rounds * 3, measureLogin(client));
  await show('login', '1/s', rounds, measureLoginRate(client, 24, 8));
  await show('stream', 'MiB/s', rounds, measureStream(client, mib));
  await show('scp', 'MiB/s', rounds, measureScp(client, remote, local, mib));
  await show('keystroke', 'µs', rounds, measureKeystroke(client, values.quick ? 100 : 400));
  await runSsh({ port: target.port, user: target.logins[0].username, privateKeyFile: target.logins[0].privateKeyFile, command: `rm -f ${remote} ${remote}.put` });
  await costs(product, client);
}

async function show(title: string, unit: string, count: number, measure: Measure): Promise<void> {
  printFigures(title, unit, await measureInterleaved(count, measure));
}

/** What the gateway's own process spends. */
async function costs(product: Product, client: LoadClient): Promise<void> {
  const pid = product.run.services.find(({ name }) => name === 'gateway')?.pid ?? 0;
  const spent = async (work: () => Promise<unknown>): Promise<number> => {
    const before = processCost(pid).cpuSeconds;
    await work();
    return processCost(pid).cpuSeconds - before;
  };
  const logins = 40;
  const perLogin = (await spent(() => measureLoginRate(client, logins, 4)('gateway'))) / logins;
  const perGib = (await spent(() => measureStream(client, 512)('gateway'))) / 1; // 512 MiB each way
  console.log(`\ngateway: ${(perLogin * 1000).toFixed(1)} ms CPU per login, ${perGib.toFixed(2)} CPU-s per GiB, ${processCost(pid).rssMib.toFixed(0)} MiB resident`);
}

/** The same target by three ways; ciphers stand in the files, because `ssh -c` does not reach a jump's own hop. */
async function configure(product: Product, target: TestSshd, jump: TestSshd): Promise<LoadClient> {
  const [login, jumpLogin] = [target.logins[0], jump.logins[0]];
  await jump.authorize(jumpLogin.username, [jumpLogin.publicKey]);
  const gate = await register(product, target);
  const common = ['Ciphers aes128-gcm@openssh.com', 'StrictHostKeyChecking no', 'UserKnownHostsFile /dev/null', 'LogLevel ERROR', 'BatchMode yes', 'IdentitiesOnly yes', 'ControlMaster no'];
  const host = (name: string, port: number, user: string, key: string, more: readonly string[] = []): string =>
    [`Host ${name}`, 'HostName 127.0.0.1', `Port ${port}`, `User ${user}`, `IdentityFile ${key}`, ...common, ...more].join('\n  ');
  const files = {
    direct: host('target', target.port, login.username, login.privateKeyFile),
    jump: `${host('target', target.port, login.username, login.privateKeyFile, ['ProxyJump jump'])}\n${host('jump', jump.port, jumpLogin.username, jumpLogin.privateKeyFile)}`,
    gateway: host('target', gate.port, gate.user, gate.privateKeyFile),
  };
  const write = async (name: keyof typeof files): Promise<string> => {
    const file = path.join(product.folder, `ssh_config_${name}`);
    await writeFile(file, `${files[name]}\n`);
    await chmod(file, 0o600);
    return file;
  };
  return { preload: buildNoDelayPreload(product.folder), configFiles: { direct: await write('direct'), jump: await write('jump'), gateway: await write('gateway') } };
}

async function register(product: Product, target: TestSshd): Promise<{ port: number; user: string; privateKeyFile: string }> {
  const login = target.logins[0];
  const host = await product.admin.post<{ id: string }>('assets/hosts', { name: 'load-target', address: '127.0.0.1', port: target.port });
  await product.admin.post('accounts/accounts', { asset: host.id, username: login.username, private_key: await readFile(login.privateKeyFile, 'utf8') });
  const user = await product.admin.createUser('load-user');
  await product.admin.permit({ name: 'load', users: [user.id], assets: [host.id], accounts: ['@all'] });
  const gate = await product.as(user, `${login.username}@load-target`);
  return { port: gate.port, user: gate.user, privateKeyFile: gate.privateKeyFile ?? '' };
}
