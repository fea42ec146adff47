import { chmod, chown, mkdir, readdir, rm, writeFile, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { claimPort, freePort } from '../network/free-port.js';
import type { PartOptions, RunningPart } from '../part.js';
import { placeForUser } from '../place/place-for-user.js';
import { unprivilegedUser } from '../place/system-user.js';
import type { SystemUser } from '../place/unix-user.js';
import { spawnPart } from '../process/spawn-part.js';
import { elasticsearchHome, RELEASES, type ElasticsearchMajor } from './elasticsearch-releases.js';
import { javaHome } from './java-home.js';

/** Settings of Elasticsearch. */
export interface ElasticsearchOptions extends PartOptions {
  readonly major?: ElasticsearchMajor;
  readonly heapMegabytes?: number;
}

/**
 * Starts one Elasticsearch node without authentication on 127.0.0.1; by default version 8, which runs on the Java of Debian 12. It is the
 * real server from Maven's integration-test archive, which lacks ILM, data streams and most analysis plugins.
 * @throws ToolMissing, PortTaken, PartExited, PartNotReady, CommandFailed
 */
export async function startElasticsearch(options: ElasticsearchOptions): Promise<RunningPart> {
  const major = options.major ?? 8;
  const javaDirectory = await javaHome(RELEASES[major].java);
  const user = await unprivilegedUser('elasticsearch');
  const home = await elasticsearchHome(major, options.report ?? (() => undefined));
  const port = await claimPort('Elasticsearch', options.port, options.portHint);
  const place = await placeForUser(options.directory, user);
  await configure(place, home, port, options.heapMegabytes ?? 512, user);
  const url = `http://127.0.0.1:${port}`;
  return spawnPart({
    name: 'elasticsearch',
    argv: [join(home, 'bin', 'elasticsearch')],
    port,
    url,
    logFile: join(place, 'elasticsearch.log'),
    cwd: place,
    env: { ES_JAVA_HOME: javaDirectory, ES_PATH_CONF: join(place, 'config'), ES_TMPDIR: join(place, 'tmp'), HOME: place },
    user,
    readyDeadlineMs: 240_000, // 12 s on an idle machine, minutes on one that is busy building
    stopDeadlineMs: 20_000,
    ready: async () => (await fetch(`${url}/_cluster/health?wait_for_status=yellow&timeout=1s`)).ok,
  });
}

async function configure(place: string, home: string, port: number, heapMegabytes: number, user: SystemUser | undefined): Promise<void> {
  const config = join(place, 'config');
  await rm(config, { recursive: true, force: true });
  for (const name of ['config', 'data', 'tmp', 'logs']) await mkdir(join(place, name), { recursive: true });
  await writeFile(join(config, 'elasticsearch.yml'), await settings(place, port));
  await writeFile(
    join(config, 'jvm.options'),
    [`-Xms${heapMegabytes}m`, `-Xmx${heapMegabytes}m`, '-Djava.io.tmpdir=${ES_TMPDIR}', ''].join('\n'),
  );
  await copyFile(join(home, 'config', 'log4j2.properties'), join(config, 'log4j2.properties'));
  if (user !== undefined) await giveTo(place, user);
}

async function settings(place: string, port: number): Promise<string> {
  const values = {
    'cluster.name': 'sallyport',
    'node.name': 'sallyport-1',
    'path.data': join(place, 'data'),
    'path.logs': join(place, 'logs'),
    'network.host': '127.0.0.1',
    'http.port': port,
    'transport.port': await freePort(),
    'discovery.type': 'single-node',
    'xpack.security.enabled': false,
    'node.store.allow_mmap': false, // without it the node requires a kernel setting that only root may change
    'cluster.routing.allocation.disk.threshold_enabled': false, // a fairly full disk must not stop a node on one machine
  };
  return Object.entries(values)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`)
    .join('');
}

/** Hands the files that were just written to the user; those that the node wrote are its own already. */
async function giveTo(place: string, user: SystemUser): Promise<void> {
  const folders = ['config', 'data', 'tmp', 'logs'].map((name) => join(place, name));
  const files = (await readdir(join(place, 'config'))).map((name) => join(place, 'config', name));
  for (const path of [...folders, ...files]) await chown(path, user.uid, user.gid);
  await chmod(join(place, 'config'), 0o700);
}
