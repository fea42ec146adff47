/**
 * A mutation fuzzer: a recorded conversation is replayed against both roles, changed by chance, before and after authentication.
 * FUZZ_CASES sets how many messages are tried, FUZZ_SEED repeats a run. A failure names the seed and the number of the connection.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';
import { ConnectionLost } from '../../transport/connection-end.js';
import { encodeKexInit } from '../../transport/kexinit.js';
import { Message } from '../../transport/message.js';
import { passwordRequest } from '../../transport/raw-peer.suite.js';
import { SshTransport } from '../../transport/ssh-transport.js';
import { SshWriter } from '../../wire/index.js';
import { hostKey, PASSWORD } from '../loopback.suite.js';
import { recordConversation, type Recording } from './corpus.suite.js';
import { Dice } from './dice.suite.js';
import { MemorySocket } from './memory-socket.suite.js';
import { mutate } from './mutate.suite.js';
import { plainCrypto, plainOffer } from './plain-crypto.suite.js';
import { bareVictim, clientVictim, serverVictim, type Victim } from './victims.suite.js';

const CASES = Number(process.env.FUZZ_CASES ?? 20_000);
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_124);
/** What one message may cost at most, with a busy machine allowed for. */
const MAX_MESSAGE_MS = 1000;
const MAX_GROWTH_BYTES = 24 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Freed buffers are counted until the collector has swept them. */
const usedBytes = async (): Promise<number> => {
  for (let round = 0; round < 4; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    collectGarbage();
  }
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
};

const nextTick = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A peer's ends that are no fault of ours. Any other name is a bug. */
const FAIR_ENDS: ReadonlySet<string> = new Set(['SshProtocolError', 'PeerDisconnected', 'ConnectionLost', 'LocalDisconnect', 'AuthenticationFailed']);

let recorded: { client: Recording; server: Recording };
beforeAll(async () => {
  recorded = await recordConversation();
});

type Role = 'server' | 'client';

const startVictim = (role: Role): { victim: Victim; socket: MemorySocket } => {
  const [there, here] = MemorySocket.pair();
  return { victim: role === 'server' ? serverVictim(there) : clientVictim(there), socket: here };
};

/** An attacker that exchanges keys properly, and logs in or lets in where it should. */
const startAttacker = (victimRole: Role, socket: MemorySocket, logsIn: boolean): SshTransport => {
  const send = (payload: Buffer): void => transport.send(payload);
  const side = victimRole === 'server' ? ({ role: 'client', verifyHostKey: () => true } as const) : ({ role: 'server', identities: [{ signer: hostKey }] } as const);
  const transport: SshTransport = new SshTransport(socket, { side, crypto: plainCrypto, offer: plainOffer }, {
    ready: () => {
      if (victimRole === 'server') send(new SshWriter().writeByte(Message.serviceRequest).writeString('ssh-userauth').finish());
    },
    packet: (type) => {
      if (type === Message.serviceRequest) send(new SshWriter().writeByte(Message.serviceAccept).writeString('ssh-userauth').finish());
      if (type === Message.serviceAccept && logsIn) send(passwordRequest('alice', PASSWORD));
      if (type === Message.userauthRequest && logsIn) send(Buffer.of(Message.userauthSuccess));
      return true;
    },
    closed: () => undefined,
  });
  return transport;
};

const isReady = async (victim: Victim, logsIn: boolean, attacker: SshTransport): Promise<boolean> => {
  for (let turn = 0; turn < 50; turn += 1) {
    await nextTurn();
    if (attacker.hasEnded) return false;
    if (logsIn ? victim.connection() !== undefined : attacker.keyExchanges > 0 && turn > 4) return true;
  }
  return false;
};

/** Lets a connection end and says how it did. */
const howItEnds = async (victim: Victim, socket: MemorySocket): Promise<string> => {
  socket.destroy();
  let timer: NodeJS.Timeout | undefined = undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), 5000)));
  const reason = await Promise.race([victim.ended, late]);
  clearTimeout(timer);
  return reason === undefined ? 'never' : describeEnd(reason);
};

const describeEnd = (reason: Error): string => (FAIR_ENDS.has(reason.name) ? 'fair' : `${reason.name}: ${reason.message}\n${reason.stack}`);

const splitAtRandom = (bytes: Buffer, dice: Dice): Buffer[] => {
  const pieces: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const size = 1 + dice.below(dice.chance(50) ? 64 : 4096);
    pieces.push(bytes.subarray(start, start + size));
    start += size;
  }
  return pieces;
};

/** Changed bytes from the first one on: identification, KEXINIT and what follows. */
const fuzzBytes = async (role: Role, dice: Dice): Promise<string> => {
  const { victim, socket } = startVictim(role);
  socket.on('data', () => undefined);
  const { bytes } = role === 'server' ? recorded.client : recorded.server;
  const start = bytes.subarray(0, 200 + dice.below(2500));
  const changed = mutate(start, dice, [bytes]);
  for (const piece of splitAtRandom(changed, dice)) {
    socket.write(piece);
    await nextTick();
  }
  await nextTurn();
  return howItEnds(victim, socket);
};

const KEX_INIT = encodeKexInit({ kex: plainOffer.kex, hostKey: plainOffer.hostKey, ciphersToServer: plainOffer.ciphers, ciphersToClient: plainOffer.ciphers, macsToServer: [], macsToClient: [], compressionToServer: ['none'], compressionToClient: ['none'], guessFollows: false });

/** Changed messages after a proper key exchange. Answers how many were tried and how it ended. */
const fuzzMessages = async (role: Role, logsIn: boolean, dice: Dice): Promise<{ tried: number; end: string }> => {
  const { victim, socket } = startVictim(role);
  const attacker = startAttacker(role, socket, logsIn);
  if (!(await isReady(victim, logsIn, attacker))) throw new Error('The handshake before the attack failed');
  const corpus = [...(role === 'server' ? recorded.client : recorded.server).payloads, KEX_INIT];
  let at = dice.below(corpus.length);
  let tried = 0;
  for (const limit = 5 + dice.below(60); tried < limit && !attacker.hasEnded; tried += 1) {
    at = dice.chance(70) ? (at + 1) % corpus.length : dice.below(corpus.length);
    const payload = dice.chance(35) ? corpus[at]! : mutate(corpus[at]!, dice, corpus);
    const started = performance.now();
    if (payload.length > 0) attacker.outbound.send(payload);
    await (dice.chance(20) ? nextTurn() : nextTick());
    if (performance.now() - started > MAX_MESSAGE_MS) return { tried, end: `a message took ${performance.now() - started} ms` };
  }
  await nextTurn();
  return { tried, end: await howItEnds(victim, socket) };
};

/** Changed messages to one layer, without the cost of a key exchange: most cases are of this kind. */
const fuzzLayer = async (role: Role, isIn: boolean, dice: Dice): Promise<{ tried: number; end: string }> => {
  const { transport, victim } = bareVictim(role, isIn);
  const corpus = (role === 'server' ? recorded.client : recorded.server).payloads;
  let at = dice.below(corpus.length);
  let tried = 0;
  for (const limit = 5 + dice.below(60); tried < limit && !transport.hasEnded; tried += 1) {
    at = dice.chance(70) ? (at + 1) % corpus.length : dice.below(corpus.length);
    const payload = dice.chance(35) ? Buffer.from(corpus[at]!) : mutate(corpus[at]!, dice, corpus);
    const started = performance.now();
    if (payload.length > 0) transport.deliver(payload);
    if (dice.chance(10)) await nextTurn();
    if (performance.now() - started > MAX_MESSAGE_MS) return { tried, end: `a message took ${performance.now() - started} ms` };
  }
  transport.end(new ConnectionLost('over'));
  return { tried, end: describeEnd(await victim.ended) };
};

describe.each<[string, number, (dice: Dice) => Promise<{ tried: number; end: string }>]>([
  ['a server, from the first byte', 0.01, async (dice) => ({ tried: 1, end: await fuzzBytes('server', dice) })],
  ['a client, from the first byte', 0.01, async (dice) => ({ tried: 1, end: await fuzzBytes('client', dice) })],
  ['a server before login', 0.02, (dice) => fuzzMessages('server', false, dice)],
  ['a client before login', 0.02, (dice) => fuzzMessages('client', false, dice)],
  ['a server after login', 0.02, (dice) => fuzzMessages('server', true, dice)],
  ['a client after login', 0.02, (dice) => fuzzMessages('client', true, dice)],
  ["a server's authentication layer", 0.2, (dice) => fuzzLayer('server', false, dice)],
  ["a client's authentication layer", 0.2, (dice) => fuzzLayer('client', false, dice)],
  ["a server's connection layer", 0.25, (dice) => fuzzLayer('server', true, dice)],
  ["a client's connection layer", 0.25, (dice) => fuzzLayer('client', true, dice)],
])('chance against %s', (_name, share, attack) => {
  it(`neither crashes, hangs nor fills memory (seed ${SEED})`, { timeout: 3_600_000 }, async () => {
    const cases = Math.ceil(CASES * share);
    let tried = 0;
    let before = 0;
    for (let connection = 0; tried < cases; connection += 1) {
      const result = await attack(new Dice(SEED + connection * 7919));
      expect(result.end, `seed ${SEED}, connection ${connection}`).toBe('fair');
      tried += result.tried;
      if (connection === 100) before = await usedBytes();
    }
    if (before > 0) expect((await usedBytes()) - before).toBeLessThan(MAX_GROWTH_BYTES);
  });
});
