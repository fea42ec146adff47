import { readFile } from 'node:fs/promises';
import { fingerprint, parsePrivateKey } from '@sallyport/ssh';
import { fault, ok, warning, type Check, type Finding } from '../check.js';
import { folderSpace } from '../folder-space.js';
import { offeredKeys } from '../offered-keys.js';
import { reasonOf } from '../run-checks.js';

/** Connections to each address: behind a load balancer each may reach another gateway. */
const ROUNDS = 2;
const SAME = 'Give every gateway the same GATEWAY_HOST_KEY_FILE: with another key clients warn of an attack';

/** Checks the gateway's host keys, in its files and as it offers them, and the disk of its spool. */
export const gatewayChecks: readonly Check<'gateway'>[] = [
  {
    group: 'Gateway',
    name: 'host keys',
    needs: ['gateway'],
    remedy: 'Check GATEWAY_HOST_KEY_FILE, and that the gateway runs',
    async run({ settings: { gateway }, gateways }) {
      const files = gateway.GATEWAY_HOST_KEY_FILE.split(',').map((file) => file.trim());
      const own = new Map<string, string>();
      const findings = await Promise.all(files.map((file) => readHostKey(file, own)));
      const ownAddress = `${reached(gateway.GATEWAY_SSH_HOST)}:${gateway.GATEWAY_SSH_PORT}`;
      const addresses = gateways.length > 0 ? gateways : [ownAddress];
      const offered = await Promise.all(addresses.map((address) => compareOffered(address, own)));
      return [...findings, ...typeFindings(own), ...offered.flat()];
    },
  },
  {
    group: 'Gateway',
    name: 'free disk',
    needs: ['gateway'],
    remedy: 'Check GATEWAY_SPOOL_DIR',
    run: ({ settings: { gateway } }) => folderSpace('spool', gateway.GATEWAY_SPOOL_DIR, gateway.GATEWAY_SPOOL_MAX_BYTES),
  },
];

const reached = (host: string): string =>
  host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;

/** Reads a key. The first one of a type counts, as in the gateway. */
async function readHostKey(file: string, keys: Map<string, string>): Promise<Finding> {
  try {
    const { publicKey } = await parsePrivateKey(await readFile(file, 'utf8'));
    if (!keys.has(publicKey.type)) keys.set(publicKey.type, fingerprint(publicKey));
    return ok(`"${file}" is ${publicKey.type} ${fingerprint(publicKey)}`);
  } catch (error) {
    return fault(`the host key "${file}" can't be read: ${reasonOf(error)}`, 'Correct GATEWAY_HOST_KEY_FILE, or the rights of the file');
  }
}

function typeFindings(own: ReadonlyMap<string, string>): Finding[] {
  if (own.size === 0 || own.has('ssh-ed25519')) return [];
  return [warning('no host key is of type ssh-ed25519', 'Add one (ssh-keygen -t ed25519): current clients prefer it')];
}

async function compareOffered(address: string, own: ReadonlyMap<string, string>): Promise<Finding[]> {
  try {
    const rounds = await Promise.all(Array.from({ length: ROUNDS }, () => offeredKeys(address, [...own.keys()])));
    const wrong = rounds.flat().filter(({ type, fingerprint: found }) => own.get(type) !== found);
    const list = [...new Set(wrong.map(({ type, fingerprint: found }) => `${type} ${found ?? 'no key of this type'}`))];
    return [
      list.length > 0
        ? fault(`${address} offers ${list.join(', ')}, not the key of the files`, SAME)
        : ok(`${address} offers the keys of the files`),
    ];
  } catch (error) {
    return [fault(`${address} can't be asked for its host keys: ${reasonOf(error)}`, 'Check the address, and that the gateway runs')];
  }
}
