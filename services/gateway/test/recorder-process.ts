import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PlaybackServiceService } from '@sallyport/proto-gen/recording/v1/playback';
import { decodeFrames, type Frame } from '@sallyport/recording-format';
import { createClient, meshCredentials, type MeshCredentials } from '@sallyport/rpc';
import { freePort, type MeshIdentity, type TestNats, waitUntil, workFolder, type WorkFolder } from '@sallyport/testkit';

const MAIN = fileURLToPath(new URL('../../recorder/dist/main.js', import.meta.url));

/** The files, certificates and settings that the recorders of a test share. */
export interface RecorderPlace {
  readonly folder: WorkFolder;
  readonly mesh: Record<'core' | 'gateway' | 'recorder', MeshCredentials>;
  readonly gatewayFiles: MeshIdentity;
  readonly environment: Record<string, string>;
}

/** Creates a signing key and a folder store, for recorders with the certificates of the test's NATS. */
export async function aRecorderPlace(
  { url, mesh: files }: Pick<TestNats, 'url' | 'mesh'>,
  store: Record<string, string> = {},
): Promise<RecorderPlace> {
  const folder = await workFolder('recorders');
  const signing = join(folder.path, 'signing.pem');
  writeFileSync(signing, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await mkdir(join(folder.path, 'log'));
  return {
    folder,
    mesh: { core: meshCredentials(files.core), gateway: meshCredentials(files.gateway), recorder: meshCredentials(files.recorder) },
    gatewayFiles: files.gateway,
    environment: {
      PATH: process.env['PATH'] ?? '',
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
      NATS_URL: url,
      RPC_CA_FILE: files.recorder.caFile,
      RPC_CERT_FILE: files.recorder.certFile,
      RPC_KEY_FILE: files.recorder.keyFile,
      RECORDER_SIGNING_KEY_FILE: signing,
      RECORDER_STORE: 'fs',
      RECORDER_FS_DIR: join(folder.path, 'store'),
      ...store,
    },
  };
}

/** A real recorder process. */
export class RecorderProcess {
  private child: ChildProcess | undefined;
  private exited: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly place: RecorderPlace,
    readonly port: number,
    readonly healthPort: number,
  ) {}

  static async start(place: RecorderPlace): Promise<RecorderProcess> {
    const recorder = new RecorderProcess(place, await freePort(), await freePort());
    await recorder.start();
    return recorder;
  }

  /** Starts it again on the same port. */
  async start(): Promise<void> {
    const log = openSync(join(this.place.folder.path, 'log', `${this.port}.log`), 'a');
    const ports = { RECORDER_RPC_PORT: String(this.port), RECORDER_HEALTH_PORT: String(this.healthPort) };
    this.child = spawn(process.execPath, [MAIN], { env: { ...this.place.environment, ...ports }, stdio: ['ignore', log, log] });
    closeSync(log);
    this.exited = new Promise((resolve) => this.child!.once('exit', (code, signal) => resolve(signal ?? code)));
    if (!(await waitUntil(() => this.isReady(), 20_000, 50)))
      throw new Error(`the recorder did not start; see ${this.place.folder.path}/log`);
  }

  /** Kills the process: with SIGKILL as a crash does, or with another signal. Returns the exit code or signal. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<unknown> {
    this.child?.kill(signal);
    return this.exited;
  }

  async isReady(): Promise<boolean> {
    return (await fetch(`http://127.0.0.1:${this.healthPort}/readyz`)).status === 200;
  }
}

/** Reads all frames of a session as a player does, and whether it is closed. */
export async function replay(
  place: RecorderPlace,
  recorder: RecorderProcess,
  sessionId: string,
): Promise<{ frames: Frame[]; closed: boolean }> {
  const client = createClient(PlaybackServiceService, `127.0.0.1:${recorder.port}`, { credentials: place.mesh.core, peer: 'recorder' });
  try {
    const { closed } = await client.unary('describe', { sessionId, withCounts: false }, { timeoutMs: 10_000, waitForReady: true });
    const pieces: Buffer[] = [];
    for await (const { frames } of client.serverStream('readFrames', { sessionId, fromUs: 0n, toUs: 0n }, { timeoutMs: 60_000 }))
      pieces.push(frames);
    return { frames: decodeFrames(Buffer.concat(pieces), { firstSeq: 1n }), closed };
  } finally {
    client.close();
  }
}

/** An address in front of several recorders, like a Kubernetes service. */
export class Switch {
  private readonly sockets = new Set<Socket>();

  private constructor(
    readonly port: number,
    private target: number,
    private readonly server: Server,
  ) {}

  static async start(target: number): Promise<Switch> {
    const server = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const made = new Switch(port, target, server);
    server.on('connection', (socket) => made.forward(socket));
    return made;
  }

  /** Closes all connections. New ones go to this port. */
  to(target: number): void {
    this.target = target;
    for (const socket of this.sockets) socket.destroy();
  }

  stop(): void {
    this.server.close();
    this.to(0);
  }

  private forward(inner: Socket): void {
    const outer = connect(this.target, '127.0.0.1');
    for (const [one, other] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      this.sockets.add(one);
      one
        .on('error', () => undefined)
        .on('close', () => {
          this.sockets.delete(one);
          other.destroy();
        });
      one.pipe(other);
    }
  }
}
