import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { KubernetesRefused, NotInCluster } from './kubernetes.errors.js';
import type { Secret, SecretStore } from './secret-store.js';

/** Folder of the token that Kubernetes mounts into a pod with a service account. */
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const TIMEOUT_MS = 15_000;
/** Label of every Secret that is made here, so that an operator finds them. */
const LABELS = { 'app.kubernetes.io/managed-by': 'sallyport-make-keys' };

interface Answer {
  readonly status: number;
  readonly body: string;
}
type Send = (method: string, path: string, body?: object) => Promise<Answer>;

/**
 * Opens the Secrets of the pod's own namespace, as its service account.
 * @throws NotInCluster
 */
export function inClusterSecrets(environment: NodeJS.ProcessEnv = process.env, folder = ACCOUNT): SecretStore {
  const host = environment['KUBERNETES_SERVICE_HOST'];
  if (host === undefined) throw new NotInCluster('this command runs in a pod of the cluster only: KUBERNETES_SERVICE_HOST is not set');
  const read = (name: string): string => accountFile(folder, name);
  const send = sender({ host, port: environment['KUBERNETES_SERVICE_PORT'] ?? '443', ca: read('ca.crt'), token: read('token') });
  return secretStore(send, read('namespace').trim());
}

function accountFile(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch (error) {
    throw new NotInCluster(`the pod has no service account token: "${join(folder, name)}" can't be read`, {}, { cause: error });
  }
}

function secretStore(send: Send, namespace: string): SecretStore {
  const path = `/api/v1/namespaces/${namespace}/secrets`;
  return {
    async get(name) {
      const answer = await send('GET', `${path}/${name}`);
      return answer.status === 404 ? undefined : toSecret(name, succeed(answer, `read Secret ${name}`));
    },
    async create(secret) {
      const answer = await send('POST', path, toObject(secret));
      if (answer.status === 409) return false;
      succeed(answer, `create Secret ${secret.name}`);
      return true;
    },
    async replace(secret) {
      succeed(await send('PUT', `${path}/${secret.name}`, toObject(secret)), `replace Secret ${secret.name}`);
    },
    async delete(name) {
      const answer = await send('DELETE', `${path}/${name}`);
      if (answer.status === 404) return false;
      succeed(answer, `delete Secret ${name}`);
      return true;
    },
  };
}

const toObject = ({ name, data }: Secret): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, labels: LABELS },
  type: 'Opaque',
  stringData: data,
});

function toSecret(name: string, body: string): Secret {
  const { data = {} } = JSON.parse(body) as { data?: Record<string, string> };
  return { name, data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()])) };
}

/** Returns the body of a success. The message of a failure is the API server's own; it names the object and never a value. */
function succeed({ status, body }: Answer, what: string): string {
  if (status >= 200 && status < 300) return body;
  throw new KubernetesRefused(`Kubernetes refused to ${what}: ${status} ${messageOf(body)}`);
}

function messageOf(body: string): string {
  try {
    return String((JSON.parse(body) as { message?: string }).message ?? '');
  } catch {
    return '';
  }
}

function sender({ host, port, ca, token }: Readonly<Record<'host' | 'port' | 'ca' | 'token', string>>): Send {
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json', 'content-type': 'application/json' };
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const call = request({ host, port, path, method, ca, headers, timeout: TIMEOUT_MS }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
        response.on('error', reject);
      });
      call.on('timeout', () => call.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
      call.on('error', (error) =>
        reject(new KubernetesRefused(`the Kubernetes API at ${host}:${port} can't be reached: ${error.message}`, {}, { cause: error })),
      );
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
}
