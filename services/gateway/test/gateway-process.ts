import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { freePort, makeSshKey, type MeshIdentity, type WorkFolder } from '@sallyport/testkit';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** A real gateway: a control process with its data processes. */
export interface GatewayProcess {
  readonly port: number;
  readonly healthPort: number;
  readonly spool: string;
  log(): string;
  signal(name: NodeJS.Signals): void;
  /** Resolves to the exit code or signal. */
  readonly exited: Promise<number | NodeJS.Signals>;
}

/** Starts a gateway whose peers have these addresses. Resolves when it serves SSH. */
export async function aGatewayProcess(
  folder: WorkFolder,
  mesh: MeshIdentity,
  peers: { core: string; recorder: string; nats: string },
  settings: Readonly<Record<string, string>> = {},
): Promise<GatewayProcess> {
  const [port, healthPort] = [await freePort(), await freePort()];
  const spool = `${folder.path}/spool-${port}`;
  const hostKey = `${folder.path}/host-key-${port}`;
  await mkdir(spool);
  await writeFile(hostKey, (await makeSshKey('ed25519', 'gateway')).privateKey, { mode: 0o600 });
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env['PATH'] ?? '',
      NATS_URL: `nats://${peers.nats}`,
      RPC_CA_FILE: mesh.caFile,
      RPC_CERT_FILE: mesh.certFile,
      RPC_KEY_FILE: mesh.keyFile,
      GATEWAY_CORE_ADDRESS: peers.core,
      GATEWAY_RECORDER_ADDRESS: peers.recorder,
      GATEWAY_SSH_PORT: String(port),
      GATEWAY_HEALTH_PORT: String(healthPort),
      GATEWAY_SPOOL_DIR: spool,
      GATEWAY_HOST_KEY_FILE: hostKey,
      GATEWAY_DATA_PROCESSES: '2',
      ...settings,
    },
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const exited = once(child, 'exit').then(([code, signal]) => (signal ?? code ?? -1) as number | NodeJS.Signals);
  const served = async (): Promise<void> => {
    while (!log.includes('SSH is served')) await once(child.stdout, 'data');
  };
  const how = await Promise.race([served(), exited]);
  if (how !== undefined) throw new Error(`the gateway exited with ${how}: ${log}`);
  return { port, healthPort, spool, log: () => log, signal: (name) => void child.kill(name), exited };
}

/** Starts a peer that takes connections and never answers, as one whose machine hangs. */
export async function aSilentPeer(): Promise<{ readonly address: string; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
