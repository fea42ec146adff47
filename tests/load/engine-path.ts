// Compares three paths to the same sshd, interleaved round by round: the engine alone as one gateway process, a direct connection, `ssh -J`.
// Compare the ratios: absolute figures depend on the machine and its load.
//   node tests/load/engine-path.ts [--rounds 5] [--quick] [--crypto js] [--only login,rate,bulk,scp,key,idle,unfair]
import process from 'node:process';
import { workFolder } from '@sallyport/testkit';
import { readLoadOptions } from './extent.ts';
import { measureAll } from './measures.ts';
import { startEngineGateway } from './start-engine-gateway.ts';
import { jumpOf, planBulk, startSurroundings, type Entrance } from './surroundings.ts';

const options = readLoadOptions();
const folder = await workFolder('load');
const place = await startSurroundings(folder.path);
const { login, port } = place.target;
const plan = { targetPort: port, targetUser: login.username, keyFile: login.privateKeyFile, crypto: options.crypto };
const [plain, hashing] = [await startEngineGateway({ ...plan, isHashing: false }), await startEngineGateway({ ...plan, isHashing: true })];
try {
  const entrance = (gateway: { port: number; pid: number }): Entrance => ({
    port: gateway.port,
    pid: gateway.pid,
    user: login.username,
    keyFile: login.privateKeyFile,
  });
  const bulk = await planBulk(place, { gateway: entrance(plain), 'gateway+sha256': entrance(hashing) }, options.mib);
  console.log(
    `${options.rounds} rounds of ${options.mib} MiB, TCP_NODELAY ${place.preload ? 'forced on every OpenSSH socket' : 'as OpenSSH sets it (no compiler)'}, aes128-gcm on every hop; ${plain.crypto}\n`,
  );
  const gate = { ...entrance(plain), collectGarbage: () => void process.kill(plain.pid, 'SIGUSR2'), loopBlocks: plain.loopBlocks };
  await measureAll({ paths: ['direct', 'jump', 'gateway'], bulkPaths: ['gateway+sha256'], bulk, gate, jump: jumpOf(place) }, options);
} finally {
  await Promise.all([plain.stop(), hashing.stop()]);
  await place.remove();
  await folder.remove();
}
process.exit(process.exitCode); // a leftover handle must not keep the terminal
