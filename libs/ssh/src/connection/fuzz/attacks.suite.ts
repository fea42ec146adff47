/** For fuzzing: attacks that send a recorded conversation with random changes to one role. */
import { ConnectionLost } from '../../transport/connection-end.js';
import { Message } from '../../transport/message.js';
import { passwordRequest } from '../../transport/raw-peer.suite.js';
import { SshTransport } from '../../transport/ssh-transport.js';
import { SshWriter } from '../../wire/index.js';
import { hostKey, PASSWORD } from '../loopback.suite.js';
import { recordConversation, type Recording } from './corpus.suite.js';
import type { Random } from './random.suite.js';
import { MemorySocket } from './memory-socket.suite.js';
import { mutate } from './mutate.suite.js';
import { plainCrypto, plainOffer } from './plain-crypto.suite.js';
import { RARE_MESSAGES } from './rare-messages.suite.js';
import { splitRecording, frame } from './recorded-packets.suite.js';
import { layerTarget, clientTarget, serverTarget, type FuzzTarget } from './fuzz-targets.suite.js';

export type Role = 'server' | 'client';

/** The number of messages tried on one connection, and its end: `expected`, or a description of the fault. */
export interface Outcome {
  readonly tried: number;
  readonly end: string;
}

export type Attack = (random: Random) => Promise<Outcome>;

/** CPU time of this thread that one message may take, in milliseconds. The time of other programs does not count. */
const MAX_MESSAGE_CPU_MS = 100;

const nextTick = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The errors with which a peer's messages may end a connection. Any other name is a bug. */
const EXPECTED_ENDS: ReadonlySet<string> = new Set([
  'SshProtocolError',
  'PeerDisconnected',
  'ConnectionLost',
  'LocalDisconnect',
  'AuthenticationFailed',
]);

const describeEnd = (reason: Error): string =>
  EXPECTED_ENDS.has(reason.name) ? 'expected' : `${reason.name}: ${reason.message}\n${reason.stack}`;

/** Ends a connection and returns a description of its end. */
const endOf = async (target: FuzzTarget, socket: MemorySocket): Promise<string> => {
  socket.destroy();
  let timer: NodeJS.Timeout | undefined = undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), 60_000)));
  const reason = await Promise.race([target.ended, late]);
  clearTimeout(timer);
  return reason === undefined ? 'never' : describeEnd(reason);
};

/** Returns a description of the fault if one message took too much CPU time. */
const timed = async (step: () => Promise<void>): Promise<string | undefined> => {
  const before = process.threadCpuUsage();
  await step();
  const { user, system } = process.threadCpuUsage(before);
  const cpuMs = (user + system) / 1000;
  return cpuMs > MAX_MESSAGE_CPU_MS ? `a message took ${cpuMs} ms of work` : undefined;
};

/**
 * Yields recorded messages in order, with random jumps and random changes. Each connection has other rates of both: with many changes it
 * ends soon, and only a long connection reaches the later states.
 */
const someMessages = function* (corpus: readonly Buffer[], random: Random): Generator<Buffer> {
  const [changedPercent, jumpPercent] = [random.pick([5, 20, 65]), random.pick([2, 10, 30])];
  let at = random.chance(60) ? 0 : random.below(corpus.length);
  for (let left = 5 + random.below(60); left > 0; left -= 1) {
    yield random.chance(changedPercent) ? mutate(corpus[at]!, random, corpus) : Buffer.from(corpus[at]!);
    at = random.chance(jumpPercent) ? random.below(corpus.length) : (at + 1) % corpus.length;
  }
};

/** Returns true for the messages of the connection layer and for those without a layer (RFC 4250 §4.1.2). */
const isForConnection = ([type = 0]: Buffer): boolean => type >= 80;
const isOfKeyExchange = ([type = 0]: Buffer): boolean => type >= 20 && type < 50;
const isForLogin = ([type = 0]: Buffer): boolean => type < 80;

const startTarget = (role: Role): { target: FuzzTarget; socket: MemorySocket; hasEnded: () => boolean } => {
  const [there, here] = MemorySocket.pair();
  let isOver = false;
  here.on('end', () => (isOver = true));
  return { target: role === 'server' ? serverTarget(there) : clientTarget(there), socket: here, hasEnded: () => isOver };
};

/** Starts an attacker that exchanges keys correctly and, with `logsIn`, logs in or accepts the login. */
const startAttacker = (targetRole: Role, socket: MemorySocket, logsIn: boolean): SshTransport => {
  const send = (payload: Buffer): void => transport.send(payload);
  const side =
    targetRole === 'server'
      ? ({ role: 'client', verifyHostKey: () => true } as const)
      : ({ role: 'server', identities: [{ signer: hostKey }] } as const);
  const transport: SshTransport = new SshTransport(
    socket,
    { side, crypto: plainCrypto, offer: plainOffer },
    {
      ready: () => {
        if (targetRole === 'server') send(new SshWriter().writeByte(Message.serviceRequest).writeString('ssh-userauth').finish());
      },
      packet: (type) => {
        if (type === Message.serviceRequest) send(new SshWriter().writeByte(Message.serviceAccept).writeString('ssh-userauth').finish());
        if (type === Message.serviceAccept && logsIn) send(passwordRequest('alice', PASSWORD));
        if (type === Message.userauthRequest && logsIn) send(Buffer.of(Message.userauthSuccess));
        return true;
      },
      closed: () => undefined,
    },
  );
  return transport;
};

/** The bound of a handshake. Its signatures are computed on the thread pool, so it takes no certain number of turns. */
const HANDSHAKE_MS = 5000;

const isReady = async (target: FuzzTarget, logsIn: boolean, attacker: SshTransport): Promise<boolean> => {
  const giveUpAt = performance.now() + HANDSHAKE_MS;
  for (let turn = 0; performance.now() < giveUpAt; turn += 1) {
    await nextTurn();
    if (attacker.hasEnded) return false;
    if (logsIn ? target.connection() !== undefined : attacker.keyExchanges > 0 && turn > 4) return true;
  }
  return false;
};

const splitAtRandom = (bytes: Buffer, random: Random): Buffer[] => {
  const pieces: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const size = 1 + random.below(random.chance(50) ? 64 : 4096);
    pieces.push(bytes.subarray(start, start + size));
    start += size;
  }
  return pieces;
};

/** Sends changed bytes from the first one on: identification, KEXINIT and the rest. */
const bytesAttack =
  (role: Role, recorded: Recording): Attack =>
  async (random) => {
    const { target, socket } = startTarget(role);
    socket.on('data', () => undefined);
    const changed = mutate(recorded.bytes.subarray(0, 200 + random.below(2500)), random, [recorded.bytes]);
    const slow = await timed(async () => {
      for (const piece of splitAtRandom(changed, random)) {
        socket.write(piece);
        await nextTick();
      }
      await nextTurn();
    });
    return { tried: 1, end: slow ?? (await endOf(target, socket)) };
  };

/** Sends changed packets from the first one on: those of the key exchange, of the login, and of channels. */
const packetsAttack = (role: Role, recorded: Recording): Attack => {
  const { identification, payloads } = splitRecording(recorded.bytes);
  return async (random) => {
    const { target, socket, hasEnded } = startTarget(role);
    socket.on('data', () => undefined);
    socket.write(random.chance(5) ? mutate(identification, random, [recorded.bytes]) : identification);
    let [tried, slow]: [number, string | undefined] = [0, undefined];
    for (const payload of someMessages(payloads, random)) {
      if (hasEnded() || slow !== undefined) break;
      tried += 1;
      slow = await timed(async () => {
        socket.write(frame(payload));
        await (random.chance(30) ? nextTurn() : nextTick());
      });
    }
    await nextTurn();
    return { tried, end: slow ?? (await endOf(target, socket)) };
  };
};

/** Sends changed messages after a correct key exchange, before or after the login. Further key exchanges are among them. */
const messagesAttack = (role: Role, logsIn: boolean, recorded: Recording, rare: readonly Buffer[]): Attack => {
  const { payloads } = splitRecording(recorded.bytes);
  const corpus = [...recorded.payloads, ...rare].filter(logsIn ? isForConnection : isForLogin).concat(payloads.filter(isOfKeyExchange));
  return async (random) => {
    const { target, socket } = startTarget(role);
    const attacker = startAttacker(role, socket, logsIn);
    if (!(await isReady(target, logsIn, attacker))) throw new Error('The handshake before the attack failed');
    let [tried, slow]: [number, string | undefined] = [0, undefined];
    for (const payload of someMessages(corpus, random)) {
      if (attacker.hasEnded || slow !== undefined) break;
      tried += 1;
      slow = await timed(async () => {
        if (payload.length > 0) attacker.outbound.send(payload);
        await (random.chance(20) ? nextTurn() : nextTick());
      });
    }
    await nextTurn();
    return { tried, end: slow ?? (await endOf(target, socket)) };
  };
};

/** Passes changed messages to one layer, without a key exchange. Most cases are of this kind, because it is fast. */
const layerAttack = (role: Role, isLoggedIn: boolean, recorded: Recording, rare: readonly Buffer[]): Attack => {
  const corpus = [...recorded.payloads, ...rare].filter(isLoggedIn ? isForConnection : isForLogin);
  return async (random) => {
    const { transport, target } = layerTarget(role, isLoggedIn);
    let [tried, slow]: [number, string | undefined] = [0, undefined];
    for (const payload of someMessages(corpus, random)) {
      if (transport.hasEnded || slow !== undefined) break;
      tried += 1;
      slow = await timed(async () => {
        if (payload.length > 0) transport.deliver(payload);
        if (random.chance(10)) await nextTurn();
      });
    }
    transport.end(new ConnectionLost('over'));
    return { tried, end: slow ?? describeEnd(await target.ended) };
  };
};

/** Returns all attacks on a role, each with its share of the cases. */
export const attacksOn = async (role: Role): Promise<{ name: string; share: number; attack: Attack }[]> => {
  const conversation = await recordConversation();
  const speaker = role === 'server' ? 'client' : 'server';
  const [recorded, rare] = [conversation[speaker], RARE_MESSAGES[speaker]];
  return [
    { name: 'bytes, from the first one', share: 0.01, attack: bytesAttack(role, recorded) },
    { name: 'packets, from the first one', share: 0.04, attack: packetsAttack(role, recorded) },
    { name: 'messages after a key exchange', share: 0.03, attack: messagesAttack(role, false, recorded, rare) },
    { name: 'messages after the login', share: 0.05, attack: messagesAttack(role, true, recorded, rare) },
    { name: 'messages to the authentication layer', share: 0.39, attack: layerAttack(role, false, recorded, rare) },
    { name: 'messages to the connection layer', share: 0.48, attack: layerAttack(role, true, recorded, rare) },
  ];
};
