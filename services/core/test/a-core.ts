import 'reflect-metadata';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@sallyport/telemetry';
import { aPostgres, makeMeshCertificates, type MeshIdentity, type TestPostgres } from '@sallyport/testkit';
import { startCore, type RunningCore } from '../src/compose/serve.js';
import { configSchema, type CoreConfig } from '../src/config.js';
import { anchorKeys } from './a-chain.js';
import { coreTemplate } from './core-template.js';

/** An answer, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; tests say what they expect of it. */
  readonly json: Json;
}
export type Json = { readonly [field: string]: Json } & readonly Json[] & string & number & boolean & null;

/** A core that serves, on a database of its own. */
export interface TestCore {
  readonly core: RunningCore;
  readonly postgres: TestPostgres;
  readonly mesh: Record<'core' | 'gateway' | 'worker', MeshIdentity>;
  /** Every log line so far. */
  readonly log: string[];
  /** Password of the built-in admin, before and after its first change. */
  readonly generatedPassword: string;
  /** Public keys of its audit chain. */
  readonly auditKeys: readonly string[];
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** Sends a sign-in and returns the token. */
  signIn(username: string, password: string): Promise<string>;
  /** Token of the built-in admin, whose password has been changed. */
  readonly admin: string;
  stop(): Promise<void>;
}

export interface CallOptions {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export const ADMIN_PASSWORD = 'correct horse battery staple';

/** Returns the settings of a test's core, on free ports. */
export function testConfig(values: Record<string, string>): CoreConfig {
  const sealingKeys = JSON.stringify({ active: 'k1', keys: { k1: Buffer.alloc(32, 7).toString('base64') } });
  const free = { CORE_HTTP_PORT: '0', CORE_RPC_PORT: '0', CORE_HEALTH_PORT: '0' };
  return configSchema.parse({ NATS_URL: 'nats://127.0.0.1:9', CORE_SEALING_KEYS: sealingKeys, ...free, ...values });
}

/** Starts a core. `given` are certificates that it shares with a test's NATS. */
export async function aCore(values: Record<string, string> = {}, given?: TestCore['mesh']): Promise<TestCore> {
  const folder = await mkdtemp(join(tmpdir(), 'core-'));
  const [postgres, mesh] = await Promise.all([
    aPostgres(coreTemplate),
    given ?? makeMeshCertificates(folder, ['core', 'gateway', 'worker']),
  ]);
  const files = { RPC_CA_FILE: mesh.core.caFile, RPC_CERT_FILE: mesh.core.certFile, RPC_KEY_FILE: mesh.core.keyFile };
  const passwordFile = join(folder, 'admin-password');
  const signingKey = join(folder, 'audit-signing.pem');
  const keys = anchorKeys();
  await writeFile(signingKey, keys.signingKey);
  const log: string[] = [];
  const logger = createLogger({ service: 'core', level: 'debug', destination: { write: (line) => void log.push(line) } });
  const core = await startCore(
    testConfig({
      CORE_DATABASE_URL: postgres.coreServiceUrl,
      CORE_AUDIT_SIGNING_KEY_FILE: signingKey,
      CORE_ADMIN_PASSWORD_FILE: passwordFile,
      ...files,
      ...values,
    }),
    logger,
  );
  const generatedPassword = (await readFile(passwordFile, 'utf8')).trim();
  const call = caller(core.httpPort);
  const signIn = async (username: string, password: string): Promise<string> =>
    (await call('POST', 'authentication/auth', { body: { username, password } })).json['token'] ?? '';
  const admin = await signIn('admin', generatedPassword);
  await call('POST', 'users/profile/password', { token: admin, body: { old_password: generatedPassword, new_password: ADMIN_PASSWORD } });
  const stop = async (): Promise<void> => {
    await core.stop();
    await postgres.drop();
    await rm(folder, { recursive: true, force: true });
  };
  return { core, postgres, mesh, log, generatedPassword, auditKeys: keys.publicKeys, call, signIn, admin, stop };
}

/** Calls `/api/v1/<path>`, an absolute path or a URL. */
function caller(port: number) {
  return async (method: string, path: string, { token, body, headers }: CallOptions = {}): Promise<Answer> => {
    const url = new URL(/^(\/|http:)/.test(path) ? path : `/api/v1/${path}`, `http://127.0.0.1:${port}`);
    const response = await fetch(url, {
      method,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parsed(text) };
  };
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {} as Json;
  }
}
