import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { claimPort } from '../network/free-port.js';
import type { PartOptions, RunningPart } from '../part.js';
import { spawnPart } from '../process/spawn-part.js';
import { innerPorts, type InnerPorts } from './inner-ports.js';
import { seaweedProgram } from './seaweed-program.js';
import { answersS3, type S3Endpoint } from './s3-endpoint.js';

/** A running SeaweedFS with its S3 gateway. */
export interface Seaweed extends RunningPart {
  readonly s3: S3Endpoint;
}

/** Settings of SeaweedFS. The keys are those of its only identity. */
export interface SeaweedOptions extends PartOptions {
  readonly accessKey: string;
  readonly secretKey: string;
}

/**
 * Starts SeaweedFS (master, volume, filer and S3 gateway in one process).
 * @throws ToolMissing, PortTaken, PartExited, PartNotReady
 */
export async function startSeaweed(options: SeaweedOptions): Promise<Seaweed> {
  const program = await seaweedProgram(options.report ?? (() => undefined));
  const port = await claimPort('the S3 server', options.port, options.portHint);
  await mkdir(join(options.directory, 'data'), { recursive: true, mode: 0o700 });
  const identities = join(options.directory, 's3.json');
  await writeFile(identities, JSON.stringify(identitiesOf(options)), { mode: 0o600 });
  const inner = await innerPorts(options.directory);
  const s3 = { endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', accessKey: options.accessKey, secretKey: options.secretKey };
  const part = await spawnPart({
    name: 's3',
    argv: [program, ...flags(options.directory, identities, port, inner)],
    port,
    url: s3.endpoint,
    logFile: join(options.directory, 'seaweed.log'),
    cwd: options.directory,
    // On SIGTERM it waits 15 s for its own components to release each other. Everything that it acknowledged is in its files before.
    stopDeadlineMs: 1000,
    ready: async () => (await canStore(inner.master)) && (await answersS3(s3)),
  });
  return { ...part, s3 };
}

function flags(directory: string, identities: string, s3Port: number, inner: InnerPorts): string[] {
  return [
    '-logtostderr=true',
    'server',
    `-dir=${join(directory, 'data')}`,
    '-ip=127.0.0.1',
    '-ip.bind=127.0.0.1',
    `-master.port=${inner.master}`,
    `-master.port.grpc=${inner.masterGrpc}`,
    '-master.volumeSizeLimitMB=64',
    '-master.telemetry=false',
    // It is a master without peers: without these options an election takes 10 s, and again as long with saved state.
    '-master.electionTimeout=1s',
    '-master.resumeState=false',
    `-volume.port=${inner.volume}`,
    `-volume.port.grpc=${inner.volumeGrpc}`,
    '-volume.max=200',
    '-volume.preStopSeconds=0',
    '-filer',
    `-filer.port=${inner.filer}`,
    `-filer.port.grpc=${inner.filerGrpc}`,
    // Its catalogue servers use fixed ports unless these are 0.
    '-s3',
    `-s3.port=${s3Port}`,
    `-s3.port.grpc=${inner.s3Grpc}`,
    '-s3.port.iceberg=0',
    '-s3.port.lance=0',
    `-s3.config=${identities}`,
  ];
}

/** Returns true once there is a volume to write to: the S3 gateway answers seconds before. */
async function canStore(masterPort: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${masterPort}/dir/assign`, { signal: AbortSignal.timeout(2000) });
  return answer.ok && typeof ((await answer.json()) as { fid?: string }).fid === 'string';
}

function identitiesOf(options: SeaweedOptions): object {
  const credentials = [{ accessKey: options.accessKey, secretKey: options.secretKey }];
  return { identities: [{ name: 'sallyport', credentials, actions: ['Admin', 'Read', 'Write', 'List', 'Tagging'] }] };
}
