import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { claimPort, freePort } from '../network/free-port.js';
import type { PartOptions, RunningPart } from '../part.js';
import { requireTool } from '../process/find-tool.js';
import { runCommand } from '../process/run-command.js';
import { spawnPart } from '../process/spawn-part.js';
import { waitUntil } from '../process/wait-until.js';
import { answersS3, type S3Endpoint } from '../seaweed/s3-endpoint.js';
import { cephConf } from './ceph-conf.js';

const REMEDY = 'install the packages radosgw ceph-mon ceph-osd ceph-common';

/** A running Ceph cluster with its S3 gateway. `pid` and `exited` are the gateway's. */
export interface CephGateway extends RunningPart {
  readonly s3: S3Endpoint;
}

/** Settings of a Ceph cluster. The keys are those of its only user. */
export interface CephOptions extends PartOptions {
  readonly accessKey: string;
  readonly secretKey: string;
}

/**
 * Starts a monitor, an OSD in memory and the RADOS Gateway on 127.0.0.1: Ceph's own S3, which is strict where other servers are not. For
 * tests only: its data are gone when it stops.
 * @throws ToolMissing, PortTaken, PartExited, PartNotReady, CommandFailed
 */
export async function startCeph(options: CephOptions): Promise<CephGateway> {
  for (const tool of ['ceph-mon', 'ceph-osd', 'ceph', 'monmaptool', 'radosgw', 'radosgw-admin']) requireTool(tool, REMEDY);
  const port = await claimPort("Ceph's gateway", options.port, options.portHint);
  const cluster = await prepare(options.directory, port);
  const started: RunningPart[] = [];
  const stop = async (): Promise<void> => {
    for (const part of [...started].reverse()) await part.stop(); // the monitor last: one that is left behind breaks the next run
  };
  try {
    started.push(await startMonitor(cluster));
    started.push(await startOsd(cluster));
    const s3 = { endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', accessKey: options.accessKey, secretKey: options.secretKey };
    const gateway = await startGateway(cluster, port, s3);
    started.push(gateway);
    return { ...gateway, s3, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Cluster {
  readonly directory: string;
  readonly conf: string;
  readonly id: string;
  readonly monitorPort: number;
}

async function prepare(directory: string, gateway: number): Promise<Cluster> {
  await rm(directory, { recursive: true, force: true });
  for (const name of ['mon', 'osd', 'log', 'run']) await mkdir(join(directory, name), { recursive: true });
  const cluster = { directory, conf: join(directory, 'ceph.conf'), id: randomUUID(), monitorPort: await freePort() };
  await writeFile(cluster.conf, cephConf(directory, cluster.id, { gateway, monitor: cluster.monitorPort }));
  await writeFile(join(directory, 'keyring'), '');
  return cluster;
}

async function startMonitor(cluster: Cluster): Promise<RunningPart> {
  const map = join(cluster.directory, 'monmap');
  const address = `[v1:127.0.0.1:${cluster.monitorPort}]`;
  await runCommand('monmaptool', [
    '--create',
    '--clobber',
    '--addv',
    'a',
    address,
    '--fsid',
    cluster.id,
    '--set-min-mon-release',
    'pacific',
    map,
  ]);
  await runCommand('ceph-mon', ['-i', 'a', '--mkfs', '--monmap', map, '-c', cluster.conf]);
  return daemon(cluster, 'ceph-mon', ['-i', 'a'], cluster.monitorPort, async () => {
    await ceph(cluster, 'mon', 'stat');
    return true;
  });
}

async function startOsd(cluster: Cluster): Promise<RunningPart> {
  const uuid = randomUUID();
  const id = (await ceph(cluster, 'osd', 'new', uuid)).trim();
  await ceph(cluster, 'osd', 'crush', 'add', `osd.${id}`, '1.0', 'root=default', 'host=h1');
  await runCommand('ceph-osd', ['-i', id, '-c', cluster.conf, '--mkfs', '--osd-uuid', uuid]);
  return daemon(cluster, 'ceph-osd', ['-i', id], 0, async () => (await ceph(cluster, 'osd', 'stat')).includes('1 up'));
}

async function startGateway(cluster: Cluster, port: number, s3: S3Endpoint): Promise<RunningPart> {
  const name = ['-n', 'client.rgw.a'];
  const part = await daemon(cluster, 'radosgw', name, port, () => accepts(port));
  const user = [
    'user',
    'create',
    '--uid=sallyport',
    '--display-name=sallyport',
    `--access-key=${s3.accessKey}`,
    `--secret-key=${s3.secretKey}`,
  ];
  await runCommand('radosgw-admin', ['-c', cluster.conf, ...name, ...user]);
  await waitUntil(() => answersS3(s3), 15_000, 100);
  return part;
}

function daemon(
  cluster: Cluster,
  program: string,
  args: readonly string[],
  port: number,
  ready: () => Promise<boolean>,
): Promise<RunningPart> {
  return spawnPart({
    name: program,
    argv: [requireTool(program, REMEDY), '-f', ...args, '-c', cluster.conf],
    port,
    url: `http://127.0.0.1:${port}`,
    logFile: join(cluster.directory, 'log', `${program}.out`),
    stopDeadlineMs: 5000,
    readyDeadlineMs: 60_000,
    ready,
  });
}

function ceph(cluster: Cluster, ...words: string[]): Promise<string> {
  return runCommand('ceph', ['-c', cluster.conf, '--connect-timeout', '10', ...words], { timeoutMs: 20_000 });
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', reject);
  });
}
