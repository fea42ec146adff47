import type { TerminateSession } from '@sallyport/proto-gen/access/v1/lease';
import { EndReason } from '@sallyport/proto-gen/access/v1/session';
import { AccessServiceService } from '@sallyport/proto-gen/access/v1/access_service';
import { systemClock, type Clock } from '@sallyport/context';
import { createClient, meshCredentials } from '@sallyport/rpc';
import { createLogger, createMetrics } from '@sallyport/telemetry';
import { anSshd, makeMeshCertificates, makeSshKey, workFolder, type SshTarget, type TestSshd, type WorkFolder } from '@sallyport/testkit';
import { writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { composeGateway, type Gateway, type GatewayDeps, type GatewayOptions } from '../src/compose.js';
import { createAccessPeer } from '../src/peers/access-peer.js';
import type { PendingConnection } from '../src/processes/control/pending-connection.js';
import { openSshListener } from '../src/processes/control/ssh-listener.js';
import { readHostKeys } from '../src/ssh/index.js';
import type { RecordingOpener } from '../src/taps/recording-port.js';
import { FakeCore } from './fake-core.js';
import { MemoryRecordings } from './memory-recordings.js';
import { testLimiter } from './test-limiter.js';

/** A gateway from source before a real sshd, with a fake core and a recorder in memory. */
export interface TestGateway {
  gateway: Gateway;
  port: number;
  core: FakeCore;
  /** The recordings, unless the test has a recorder of its own. */
  recordings: MemoryRecordings;
  sshd: TestSshd;
  /** Account on the asset "web-1". */
  account: string;
  folder: WorkFolder;
  /** Everything logged, one JSON object a line. */
  log: string[];
  /** Orders core to end a session over the bus. */
  terminate(message: TerminateSession): void;
  /** Sends the message of a termination that core has not decided. */
  forgeTerminate(message: TerminateSession): void;
  /** Returns the login of alice, by key, at this target; `''` for the menu. */
  alice(target?: string): SshTarget;
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

const TERMINAL_THREAD = new URL('../dist/taps/commands/terminal-thread.js', import.meta.url);

export async function aGateway(
  changes: Partial<GatewayOptions> & {
    clock?: Clock;
    admit?: GatewayDeps['admit'];
    recordings?: RecordingOpener;
    /** Lines put first in the sshd_config of the asset. */
    sshdLines?: readonly string[];
  } = {},
): Promise<TestGateway> {
  const folder = await workFolder('gateway');
  const files = await makeMeshCertificates(`${folder.path}/mesh`, ['core', 'gateway']);
  const sshd = await anSshd({ configLines: changes.sshdLines ?? [] });
  const [login] = sshd.logins;
  const aliceKey = await makeSshKey('ed25519', 'alice');
  const keyFile = `${folder.path}/alice.key`;
  await writeFile(keyFile, aliceKey.privateKey, { mode: 0o600 });
  const core = new FakeCore(meshCredentials(files.core));
  core.users.set('alice', { password: 'wonderland', keys: [Buffer.from(aliceKey.publicKey.split(' ')[1] ?? '', 'base64')] });
  core.assets.push({ name: 'web-1', address: '127.0.0.1', port: sshd.port, accounts: { [login.username]: { pem: login.privateKey } } });
  const client = createClient(AccessServiceService, `127.0.0.1:${await core.start()}`, {
    credentials: meshCredentials(files.gateway),
    peer: 'core',
  });
  const recordings = new MemoryRecordings();
  const log: string[] = [];
  const metrics = createMetrics('gateway');
  let order: (message: TerminateSession) => void = () => undefined;
  const { clock = systemClock, admit, recordings: recorder = recordings, sshdLines: _, ...settings } = changes;
  const limiter = testLimiter();
  const pending = new Map<Socket, PendingConnection>();
  metrics.gauge('gateway_unauthenticated_connections', 'Connections that have not signed in', [], () => limiter.pending);
  const gateway = composeGateway(
    {
      id: 'gateway-under-test',
      hostKeys: await readHostKeys([(await makeSshKey('ed25519', 'gateway')).privateKey, (await makeSshKey('rsa', 'gateway')).privateKey]),
      loginGraceSeconds: 20,
      maxAuthTries: 6,
      drainSeconds: 2,
      ...settings,
    },
    {
      access: createAccessPeer(client),
      recordings: recorder,
      bus: {
        subscribeTerminate: (_, handle) => {
          order = handle;
          return { stop: () => undefined };
        },
      },
      clock,
      logger: createLogger({ service: 'gateway', level: 'debug', destination: { write: (line) => void log.push(line) } }),
      metrics,
      terminals: { threadFile: TERMINAL_THREAD },
      onSettled: (socket) => pending.get(socket)?.release(),
      onProgress: (socket, step) => pending.get(socket)?.place.advance(step),
      ...(admit && { admit }),
    },
  );
  const listener = await openSshListener({ host: '127.0.0.1', port: 0 }, limiter, (connection) => {
    pending.set(connection.socket, connection);
    gateway.serve(connection.socket);
  });
  const { port } = listener;
  gateway.start(`127.0.0.1:${port}`);
  const { username: account } = login;
  return {
    gateway,
    port,
    core,
    recordings,
    sshd,
    account,
    folder,
    log,
    terminate: (message) => {
      core.toEnd.push({ sessionId: message.sessionId, reason: EndReason.TERMINATED, message: message.message });
      order(message);
    },
    forgeTerminate: (message) => order(message),
    alice: (target = `@${account}@web-1`) => ({ port, user: `alice${target}`, privateKeyFile: keyFile }),
    metrics: () => metrics.text(),
    stop: async () => {
      listener.close();
      await gateway.drain();
      client.close();
      await core.stop();
      await sshd.remove();
      await folder.remove();
    },
  };
}
