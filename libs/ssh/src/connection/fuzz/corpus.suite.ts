/** For fuzzing: a recorded conversation of two engines. */
import { SshTransport } from '../../transport/ssh-transport.js';
import { MemorySocket } from './memory-socket.suite.js';
import { clientTarget, serverTarget } from './fuzz-targets.suite.js';

/** The payloads of one side, in order, and all its bytes. */
export interface Recording {
  readonly payloads: Buffer[];
  readonly bytes: Buffer;
}

/** The bound of the conversation up to its second key exchange. */
const CONVERSATION_MS = 5000;

/** Records a whole conversation: every authentication method, every type of channel and request, a rekey. */
export const recordConversation = async (): Promise<{ client: Recording; server: Recording }> => {
  const [here, there] = MemorySocket.pair();
  const payloads: { client: Buffer[]; server: Buffer[] } = { client: [], server: [] };
  const forget = recordSends(payloads);
  here.isRecording = true;
  there.isRecording = true;
  const server = serverTarget(there);
  const client = clientTarget(here);
  const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const giveUpAt = performance.now() + CONVERSATION_MS;
  while ((client.connection()?.transport.keyExchanges ?? 0) < 2 && performance.now() < giveUpAt) await nextTurn();
  for (let turn = 0; turn < 200; turn += 1) await nextTurn();
  forget();
  if (server.connection() === undefined || client.connection() === undefined) throw new Error('The recorded login failed');
  const recorded = {
    client: { payloads: payloads.client, bytes: Buffer.concat(here.written) },
    server: { payloads: payloads.server, bytes: Buffer.concat(there.written) },
  };
  here.destroy();
  there.destroy();
  return recorded;
};

/** Records the payloads that the layers above pass to `send`. The messages of the key exchange are in the recorded bytes only. */
const recordSends = (payloads: { client: Buffer[]; server: Buffer[] }): (() => void) => {
  const original = SshTransport.prototype.send;
  SshTransport.prototype.send = function record(this: SshTransport, head: Uint8Array, body?: Uint8Array): void {
    payloads[this.role].push(body === undefined ? Buffer.from(head) : Buffer.concat([head, body]));
    original.call(this, head, body);
  };
  return () => {
    SshTransport.prototype.send = original;
  };
};
