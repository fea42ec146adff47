/** For fuzzing: the ways in which a recorded conversation, changed by chance, is said to one role. */
import { ConnectionLost } from '../../transport/connection-end.js';
import { Message } from '../../transport/message.js';
import { passwordRequest } from '../../transport/raw-peer.suite.js';
import { SshTransport } from '../../transport/ssh-transport.js';
import { SshWriter } from '../../wire/index.js';
import { hostKey, PASSWORD } from '../loopback.suite.js';
import { recordConversation, type Recording } from './corpus.suite.js';
import type { Dice } from './dice.suite.js';
import { MemorySocket } from './memory-socket.suite.js';
import { mutate } from './mutate.suite.js';
import { plainCrypto, plainOffer } from './plain-crypto.suite.js';
import { RARE_MESSAGES } from './rare-messages.suite.js';
import { cutRecording, frame } from './recorded-packets.suite.js';
import { bareVictim, clientVictim, serverVictim, type Victim } from './victims.suite.js';

export type Role = 'server' | 'client';

/** How many messages were tried on one connection and how it ended: `fair`, or what is wrong. */
export interface Outcome {
  readonly tried: number;
  readonly end: string;
}

export type Attack = (dice: Dice) => Promise<Outcome>;

/** What one message may cost of this thread's time. Other programs' time is not counted: the fuzzer may be the last in a busy machine's queue. */
const MAX_MESSAGE_CPU_MS = 100;

const nextTick = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A peer's ends that are no fault of ours. Any other name is a bug. */
const FAIR_ENDS: ReadonlySet<string> = new Set([
  'SshProtocolError',
  'PeerDisconnected',
  'ConnectionLost',
  'LocalDisconnect',
  'AuthenticationFailed',
]);

const describeEnd = (reason: Error): string => (FAIR_ENDS.has(reason.name) ? 'fair' : `${reason.name}: ${reason.message}\n${reason.stack}`);

/** Lets a connection end and says how it did. */
const howItEnds = async (victim: Victim, socket: MemorySocket): Promise<string> => {
  socket.destroy();
  let timer: NodeJS.Timeout | undefined = undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), 60_000)));
  const reason = await Promise.race([victim.ended, late]);
  clearTimeout(timer);
  return reason === undefined ? 'never' : describeEnd(reason);
};

/** Says what is wrong with the time that one message took. */
const timed = async (step: () => Promise<void>): Promise<string | undefined> => {
  const before = process.threadCpuUsage();
  await step();
  const { user, system } = process.threadCpuUsage(before);
  const cpuMs = (user + system) / 1000;
  return cpuMs > MAX_MESSAGE_CPU_MS ? `a message took ${cpuMs} ms of work` : undefined;
};

/**
 * Messages that follow each other as recorded, now and then not, and some of them changed. How many is another number for each
 * connection: where much is wrong it ends soon, and only one that goes on for a while gets anywhere.
 */
const someMessages = function* (corpus: readonly Buffer[], dice: Dice): Generator<Buffer> {
  const [changedPercent, leapPercent] = [dice.pick([5, 20, 65]), dice.pick([2, 10, 30])];
  let at = dice.chance(60) ? 0 : dice.below(corpus.length);
  for (let left = 5 + dice.below(60); left > 0; left -= 1) {
    yield dice.chance(changedPercent) ? mutate(corpus[at]!, dice, corpus) : Buffer.from(corpus[at]!);
    at = dice.chance(leapPercent) ? dice.below(corpus.length) : (at + 1) % corpus.length;
  }
};

/** Whether a message belongs to a connection that is logged in (RFC 4250 §4.1.2) or to none in particular. */
const isForConnection = ([type = 0]: Buffer): boolean => type >= 80;
const isOfKeyExchange = ([type = 0]: Buffer): boolean => type >= 20 && type < 50;
const isForLogin = ([type = 0]: Buffer): boolean => type < 80;

const startVictim = (role: Role): { victim: Victim; socket: MemorySocket; hasEnded: () => boolean } => {
  const [there, here] = MemorySocket.pair();
  let isOver = false;
  here.on('end', () => (isOver = true));
  return { victim: role === 'server' ? serverVictim(there) : clientVictim(there), socket: here, hasEnded: () => isOver };
};

/** An attacker that exchanges keys properly, and logs in or lets in where it should. */
const startAttacker = (victimRole: Role, socket: MemorySocket, logsIn: boolean): SshTransport => {
  const send = (payload: Buffer): void => transport.send(payload);
  const side =
    victimRole === 'server'
      ? ({ role: 'client', verifyHostKey: () => true } as const)
      : ({ role: 'server', identities: [{ signer: hostKey }] } as const);
  const transport: SshTransport = new SshTransport(
    socket,
    { side, crypto: plainCrypto, offer: plainOffer },
    {
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
    },
  );
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
const bytesAttack =
  (role: Role, recorded: Recording): Attack =>
  async (dice) => {
    const { victim, socket } = startVictim(role);
    socket.on('data', () => undefined);
    const changed = mutate(recorded.bytes.subarray(0, 200 + dice.below(2500)), dice, [recorded.bytes]);
    const slow = await timed(async () => {
      for (const piece of splitAtRandom(changed, dice)) {
        socket.write(piece);
        await nextTick();
      }
      await nextTurn();
    });
    return { tried: 1, end: slow ?? (await howItEnds(victim, socket)) };
  };

/** Changed packets from the first one on, whole ones: those of the key exchange, of the login, and of channels. */
const packetsAttack = (role: Role, recorded: Recording): Attack => {
  const { greeting, payloads } = cutRecording(recorded.bytes);
  return async (dice) => {
    const { victim, socket, hasEnded } = startVictim(role);
    socket.on('data', () => undefined);
    socket.write(dice.chance(5) ? mutate(greeting, dice, [recorded.bytes]) : greeting);
    let [tried, slow]: [number, string | undefined] = [0, undefined];
    for (const payload of someMessages(payloads, dice)) {
      if (hasEnded() || slow !== undefined) break;
      tried += 1;
      slow = await timed(async () => {
        socket.write(frame(payload));
        await (dice.chance(30) ? nextTurn() : nextTick());
      });
    }
    await nextTurn();
    return { tried, end: slow ?? (await howItEnds(victim, socket)) };
  };
};

/** Changed messages after a proper key exchange, before login or after it: new key exchanges among them. */
const messagesAttack = (role: Role, logsIn: boolean, recorded: Recording, rare: readonly Buffer[]): Attack => {
  const { payloads } = cutRecording(recorded.bytes);
  const corpus = [...recorded.payloads, ...rare].filter(logsIn ? isForConnection : isForLogin).concat(payloads.filter(isOfKeyExchange));
  return async (dice) => {
    const { victim, socket } = startVictim(role);
    const attacker = startAttacker(role, socket, logsIn);
    if (!(await isReady(victim, logsIn, attacker))) throw new Error('The handshake before the attack failed');
    let [tried, slow]: [number, string | undefined] = [0, undefined];
    for (const payload of someMessages(corpus, dice)) {
      if (attacker.hasEnded || slow !== undefined) break;
      tried += 1;
      slow = await timed(async () => {
        if (payload.length > 0) attacker.outbound.send(payload);
        await (dice.chance(20) ? nextTurn() : nextTick());
      });
    }
    await nextTurn();
    return { tried, end: slow ?? (await howItEnds(victim, socket)) };
  };
};

/** Changed messages to one layer, without the cost of a key exchange: most cases are of this kind. */
const layerAttack = (role: Role, isIn: boolean, recorded: Recording, rare: readonly Buffer[]): Attack => {
  const corpus = [...recorded.payloads, ...rare].filter(isIn ? isForConnection : isForLogin);
  return async (dice) => {
    const { transport, victim } = bareVictim(role, isIn);
    let [tried, slow]: [number, string | undefined] = [0, undefined];
    for (const payload of someMessages(corpus, dice)) {
      if (transport.hasEnded || slow !== undefined) break;
      tried += 1;
      slow = await timed(async () => {
        if (payload.length > 0) transport.deliver(payload);
        if (dice.chance(10)) await nextTurn();
      });
    }
    transport.end(new ConnectionLost('over'));
    return { tried, end: slow ?? describeEnd(await victim.ended) };
  };
};

/** All attacks on a role, each with its share of the cases. */
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
