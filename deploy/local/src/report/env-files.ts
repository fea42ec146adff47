import { mkdir } from 'node:fs/promises';
import { OPERATOR } from '@sallyport/bus';
import { replaceFile } from '../data/keep-file.js';
import { SERVICES } from '../data/secrets.js';
import type { Site } from '../parts/backing-units.js';
import type { DatabaseUrlFiles } from '../parts/database.js';
import { serviceEnvironment } from '../parts/service-environment.js';

/** Writes the variables of every service to DIR/env/NAME.env, which `sallyport doctor` reads. A secret in them is the path of its file. */
export async function writeEnvFiles(site: Site, databases: DatabaseUrlFiles): Promise<void> {
  await mkdir(site.data.in('env'), { recursive: true, mode: 0o700 });
  const { caFile, certFile, keyFile } = site.secrets.mesh[OPERATOR];
  const operator = { NATS_URL: `nats://127.0.0.1:${site.ports.nats}`, RPC_CA_FILE: caFile, RPC_CERT_FILE: certFile, RPC_KEY_FILE: keyFile };
  const files = SERVICES.map((name) => [name as string, serviceEnvironment(site, databases, name)] as const);
  for (const [name, variables] of [...files, [OPERATOR, operator] as const]) {
    const lines = Object.entries(variables).map(([key, value]) => `${key}=${quoted(value)}\n`);
    await replaceFile(site.data.in('env', `${name}.env`), lines.join(''));
  }
}

/** Returns a value as systemd's EnvironmentFile has it. */
const quoted = (value: string): string => (/[\s"'\\#;]/.test(value) ? `"${value.replaceAll(/["\\]/g, '\\$&')}"` : value);
