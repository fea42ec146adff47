// An attacker for the "unfair neighbour" rows: one kind of attack on a gateway's port until it is killed. Says "attacking" once it has begun.
//   node tests/load/attacker.ts '{"kind": "kex flood", "port": 2222, "user": "x", "keyFile": "…"}'
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { constants, setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectSsh, parsePrivateKey, selectCrypto, SshTransport, SshWriter, type ClientMethod, type SshConnection } from '@sallyport/ssh';
import type { AttackOptions } from './unfair-neighbour.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as AttackOptions;
const crypto = selectCrypto();
const key = await parsePrivateKey(readFileSync(options.keyFile));
const verifyHostKey = (): boolean => true;

const dial = (): Socket =>
  connect({ host: '127.0.0.1', port: options.port, localAddress: options.address, noDelay: true }).on('error', () => undefined);

const login = (methods: ClientMethod[] = [{ method: 'publickey', signer: key }]): Promise<SshConnection> =>
  connectSsh(dial(), { crypto, user: options.user, methods, verifyHostKey });

/** Requests 32 proofs of each announced host key at once, six requests every 50 ms. */
async function proofFlood(): Promise<void> {
  const announced = Promise.withResolvers<Buffer[]>();
  const methods: ClientMethod[] = [{ method: 'publickey', signer: key }];
  const hostKeysAnnounced = (_: SshConnection, keys: { blob: Buffer }[]): void => announced.resolve(keys.map(({ blob }) => blob));
  const connection = await connectSsh(dial(), { crypto, user: options.user, methods, verifyHostKey, hostKeysAnnounced });
  const body = new SshWriter(4096);
  for (const blob of await announced.promise) for (let copy = 0; copy < 32; copy++) body.writeString(blob);
  const request = { kind: 'other' as const, name: 'hostkeys-prove-00@openssh.com', body: body.finish() };
  for (;;) {
    for (let time = 0; time < 6; time++) void connection.request(request);
    await sleep(50);
  }
}

/** Exchanges keys by the most expensive method again and again, on one connection as long as that lasts. */
async function kexFlood(): Promise<void> {
  const offer = {
    kex: ['diffie-hellman-group16-sha512' as const],
    hostKey: ['rsa-sha2-512', 'ssh-ed25519'],
    ciphers: crypto.ciphers,
    macs: crypto.macs,
  };
  const attack = async (): Promise<void> => {
    const transport: SshTransport = new SshTransport(
      dial(),
      { side: { role: 'client', verifyHostKey }, crypto, offer },
      { packet: () => true, closed: () => undefined },
    );
    for (; !transport.hasEnded; await sleep(5)) if (transport.keyExchanges > 0) transport.rekey();
  };
  const worker = async (): Promise<never> => {
    for (;;) await Promise.all([attack(), sleep(20)]);
  };
  await Promise.all(Array.from({ length: 24 }, worker));
}

/** Keeps 200 silent sockets open, and replaces each that is closed. */
async function silentSockets(): Promise<void> {
  const worker = async (): Promise<never> => {
    for (;;) {
      const socket = dial();
      socket.resume();
      await Promise.all([new Promise((resolve) => socket.once('close', resolve)), sleep(100)]);
    }
  };
  await Promise.all(Array.from({ length: 200 }, worker));
}

/** Sends wrong signatures by a key that is known, eight connections at a time. */
async function wrongSignatures(): Promise<void> {
  const forger = { ...key, signInPool: () => Promise.resolve(key.sign(key.algorithms[0]!, Buffer.from('another text'))) };
  const methods = Array.from({ length: 40 }, () => ({ method: 'publickey' as const, signer: forger }));
  const worker = async (): Promise<never> => {
    for (;;) await Promise.all([login(methods).catch(() => undefined), sleep(20)]);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

/** Opens up to 300 connections and eight channels on each. */
async function manyConnections(): Promise<void> {
  for (let opened = 0; opened < 300; opened++) {
    const connection = await login().catch(() => undefined);
    for (let channel = 0; channel < 8; channel++) void connection?.openChannel({ kind: 'session' }, {}).catch(() => undefined);
    await sleep(10);
  }
  await new Promise(() => undefined);
}

/** Takes only the processor time that the gateway and its user leave, as an attacker on another machine would: it takes none. */
function yieldProcessor(): void {
  setPriority(constants.priority.PRIORITY_LOW);
  const autogroup = '/proc/self/autogroup';
  if (existsSync(autogroup)) writeFileSync(autogroup, String(constants.priority.PRIORITY_LOW));
}

const ATTACKS = {
  'proof flood': proofFlood,
  'kex flood': kexFlood,
  'silent sockets': silentSockets,
  'wrong signatures': wrongSignatures,
  'many connections': manyConnections,
} as const;

yieldProcessor();
console.log('attacking');
setInterval(() => undefined, 1_000); // keeps the process alive when an attack is shut out
await ATTACKS[options.kind]().catch(() => undefined);
