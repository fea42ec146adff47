import type { ServiceName } from '@sallyport/config';
import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { fault, ok, type Check, type Finding } from '../check.js';
import type { Installation } from '../installation.js';
import { reasonOf } from '../run-checks.js';

/** A call of one service to another. */
interface Edge {
  readonly from: ServiceName;
  readonly to: ServiceName;
  readonly setting: string;
}

const EDGES: readonly Edge[] = [
  { from: 'core', to: 'recorder', setting: 'CORE_RECORDER_ADDRESS' },
  { from: 'core', to: 'indexer', setting: 'CORE_INDEXER_ADDRESS' },
  { from: 'gateway', to: 'core', setting: 'GATEWAY_CORE_ADDRESS' },
  { from: 'gateway', to: 'recorder', setting: 'GATEWAY_RECORDER_ADDRESS' },
  { from: 'worker', to: 'core', setting: 'WORKER_CORE_ADDRESS' },
];

const CONNECT_MS = 4_000;

/** Connects as one service to another, with its certificate, and checks that the right service answers. */
export const connectionChecks: readonly Check[] = EDGES.map((edge) => ({
  group: 'Services',
  name: `${edge.from} → ${edge.to}`,
  needs: [edge.from],
  remedy: `Check ${edge.setting}, and that ${edge.to} runs there`,
  run: ({ settings }) => tryEdge(edge, settings),
}));

async function tryEdge({ from, to, setting }: Edge, settings: Installation['settings']): Promise<Finding[]> {
  const own = settings[from] as unknown as Readonly<Record<string, string>>;
  const address = own[setting] ?? '';
  try {
    await handshake(address, to, own);
    return [ok(`${to} answers at ${address}`)];
  } catch (error) {
    return [
      fault(
        `${to} can't be reached at ${setting}=${address}: ${reasonOf(error)}`,
        `Check the address and the certificates, and that ${to} runs there`,
      ),
    ];
  }
}

function handshake(address: string, peer: string, own: Readonly<Record<string, string>>): Promise<void> {
  const [, host = '', port = ''] = /^\[?([^\]]+)\]?:(\d+)$/.exec(address) ?? [];
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: Number(port),
      servername: peer,
      ca: readFileSync(own['RPC_CA_FILE'] ?? ''),
      cert: readFileSync(own['RPC_CERT_FILE'] ?? ''),
      key: readFileSync(own['RPC_KEY_FILE'] ?? ''),
      ALPNProtocols: ['h2'],
      timeout: CONNECT_MS,
    });
    socket.once('error', reject);
    socket.once('timeout', () => socket.destroy(new Error(`no answer within ${CONNECT_MS / 1000} s`)));
    // The server reports a refused client certificate after the handshake, as an alert; its first frame means that it accepts.
    socket.once('data', () => {
      socket.end();
      resolve();
    });
  });
}
