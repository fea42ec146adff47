import { once } from 'node:events';
import { connect } from 'node:net';
import { connectSsh, fingerprint, parsePrivateKey, runCommand, selectCrypto } from '@sallyport/ssh';
import { SelftestFailed } from './selftest.errors.js';
import { userOf, type Plan } from './plan.js';

const LOGIN_MS = 20_000;

/** Logs in through the gateway, runs a command on the test's asset and returns its output, with the fingerprint of the gateway's host key. */
export async function runSession(
  gateway: string,
  plan: Plan,
  command: string,
): Promise<{ readonly output: string; readonly hostKey: string }> {
  const { hostname, port } = new URL(`ssh://${gateway}`);
  const socket = connect({ host: hostname, port: Number(port || 22), noDelay: true });
  await Promise.race([once(socket, 'connect'), failed(socket, gateway)]);
  let hostKey = '';
  const connection = await connectSsh(socket, {
    crypto: selectCrypto(),
    user: `${userOf(plan)}@${plan.account}@${plan.name}`,
    methods: [{ method: 'publickey', signer: await parsePrivateKey(plan.userKey) }],
    verifyHostKey: ({ key }) => {
      hostKey = fingerprint(key);
      return true; // a test that runs beside the gateway: nothing of it is secret to the gateway
    },
    timeoutMs: LOGIN_MS,
  });
  try {
    const { stdout, status } = await runCommand(connection, command, { signal: AbortSignal.timeout(LOGIN_MS) });
    if (status !== 0) throw new SelftestFailed(`the command ended with status ${status ?? 'none'}`);
    return { output: stdout.toString(), hostKey };
  } finally {
    connection.disconnect();
  }
}

async function failed(socket: NodeJS.EventEmitter, gateway: string): Promise<never> {
  const [error] = (await once(socket, 'error').catch((reason: unknown) => [reason])) as [Error];
  throw new SelftestFailed(`the gateway at ${gateway} can't be reached: ${error.message}`, {}, { cause: error });
}
