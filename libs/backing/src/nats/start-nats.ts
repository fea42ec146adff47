import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { MeshIdentity } from '../certificates/mesh-certificates.js';
import { claimPort } from '../network/free-port.js';
import type { PartOptions, RunningPart } from '../part.js';
import { spawnPart } from '../process/spawn-part.js';
import { natsServerProgram } from './nats-server.js';

/** Clients that NATS accepts. */
export interface NatsAccess {
  /** Certificate of the server. Its authority signs the certificates of the clients, and a DNS name of a client's certificate is its user. */
  readonly identity: MeshIdentity;
  /** The `authorization` block of the configuration: users and their permissions. */
  readonly authorization: string;
}

/** Settings of NATS. */
export interface NatsOptions extends PartOptions {
  /** False only for tests: JetStream then leaves the time of fsync to the system. */
  readonly isDurable?: boolean;
  /** Mutual TLS and permissions; without them every user of this machine may connect. */
  readonly access?: NatsAccess;
}

/**
 * Starts a NATS server with JetStream on 127.0.0.1.
 * @throws ToolMissing, PortTaken, PartExited, PartNotReady, CommandFailed
 */
export async function startNats(options: NatsOptions): Promise<RunningPart> {
  const program = await natsServerProgram(options.report ?? (() => undefined));
  const port = await claimPort('NATS', options.port, options.portHint);
  await mkdir(options.directory, { recursive: true, mode: 0o700 });
  const config = join(options.directory, 'nats.conf');
  await writeFile(config, configText(port, options), { mode: 0o600 });
  return spawnPart({
    name: 'nats',
    argv: [program, '--config', config],
    port,
    url: `nats://127.0.0.1:${port}`,
    logFile: join(options.directory, 'nats.log'),
    ready: () => hasJetStream(port),
  });
}

function configText(port: number, { directory, isDurable = true, access }: NatsOptions): string {
  const lines = [
    `listen: "127.0.0.1:${port}"`,
    'max_payload: 8MB',
    'jetstream {',
    `  store_dir: ${JSON.stringify(join(directory, 'jetstream'))}`,
    // A publish ack means "on disk" only if the server syncs before it answers.
    ...(isDurable ? ['  sync_interval: always'] : []),
    '}',
    ...(access === undefined ? [] : accessLines(access)),
  ];
  return `${lines.join('\n')}\n`;
}

function accessLines({ identity, authorization }: NatsAccess): string[] {
  return [
    'tls {',
    `  ca_file: ${JSON.stringify(identity.caFile)}`,
    `  cert_file: ${JSON.stringify(identity.certFile)}`,
    `  key_file: ${JSON.stringify(identity.keyFile)}`,
    '  verify_and_map: true',
    '  timeout: 10',
    '}',
    authorization.trimEnd(),
  ];
}

/** Reads the first line of a NATS server, `INFO {json}`, and returns true if it offers JetStream. */
function hasJetStream(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 1000 });
    const fail = (): void => void socket.destroy(new Error('no greeting'));
    socket.once('timeout', fail).once('error', reject).once('end', fail);
    socket.once('data', (greeting: Buffer) => {
      socket.destroy();
      resolve(/"jetstream":true/.test(greeting.toString()));
    });
  });
}
