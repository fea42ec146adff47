import { connect, type Socket } from 'node:net';
import { connectSsh, fingerprint, keyTypeOf, modernOffer, selectCrypto } from '@sallyport/ssh';

const CONNECT_MS = 3_500;
const crypto = selectCrypto();

/** A host key that an SSH server offers; without a fingerprint if it has none of this type. */
export interface OfferedHostKey {
  readonly type: string;
  readonly fingerprint: string | undefined;
}

/** Asks an SSH server for its host key of each type, by one connection each that ends before a login. Rejects if it can't be reached. */
export function offeredKeys(address: string, types: readonly string[]): Promise<OfferedHostKey[]> {
  return Promise.all(types.map(async (type) => ({ type, fingerprint: await offeredKey(address, type) })));
}

async function offeredKey(address: string, type: string): Promise<string | undefined> {
  const socket = await open(address);
  let found: string | undefined;
  const offer = modernOffer(crypto);
  const hostKey = offer.hostKey.filter((algorithm) => keyTypeOf(algorithm) === type);
  await connectSsh(socket, {
    crypto,
    user: 'doctor',
    methods: [],
    offer: { ...offer, hostKey },
    timeoutMs: CONNECT_MS,
    verifyHostKey: ({ key }) => {
      found = fingerprint(key);
      return false;
    },
  }).catch((error: Error) => {
    if (found === undefined && !/no common|host key algorithm/i.test(error.message)) throw error;
  });
  socket.destroy();
  return found;
}

function open(address: string): Promise<Socket> {
  const [, host = '', port = ''] = /^\[?([^\]]+?)\]?:(\d+)$/.exec(address) ?? [];
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port), timeout: CONNECT_MS });
    socket.once('error', reject);
    socket.once('timeout', () => socket.destroy(new Error(`no answer within ${CONNECT_MS / 1000} s`)));
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.off('error', reject);
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}
