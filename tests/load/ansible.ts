import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LoadClient } from './client.ts';
import type { Measure, PathName } from './rounds.ts';

const HOSTS = 20;
const FORKS = 10;

/** A module of its own, a command, and a file: what a play usually does. */
const PLAY = `- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.ping:
    - ansible.builtin.command: uname -a
    - ansible.builtin.copy: { content: "some lines of a configuration\\n", dest: "/tmp/sallyport-load-{{ inventory_hostname }}" }
    - ansible.builtin.file: { path: "/tmp/sallyport-load-{{ inventory_hostname }}", state: absent }
`;

/** Measures the seconds of an Ansible play of four tasks over 20 hosts, ten at a time, with new connections. Needs ansible-playbook in PATH. */
export const measureAnsible =
  (client: LoadClient): Measure =>
  async (name) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'ansible-'));
    try {
      await writeFile(path.join(folder, 'play.yml'), PLAY);
      await writeFile(path.join(folder, 'inventory'), inventoryOf(client, name));
      const begin = performance.now();
      await play(client, folder);
      return { 'ansible, 20 hosts': (performance.now() - begin) / 1000 };
    } finally {
      await rm(folder, { recursive: true });
    }
  };

/** Returns an inventory of names that are one target: each has a connection of its own. */
function inventoryOf({ configFiles }: LoadClient, name: PathName): string {
  const hosts = Array.from({ length: HOSTS }, (_, at) => `target-${at}`);
  const settings = [
    'ansible_python_interpreter=/usr/bin/python3',
    `ansible_ssh_common_args="-F ${configFiles[name] ?? ''}"`,
    'ansible_pipelining=true',
  ];
  return ['[all]', ...hosts, '[all:vars]', ...settings, ''].join('\n');
}

async function play({ preload }: LoadClient, folder: string): Promise<void> {
  const child = spawn('ansible-playbook', ['-i', 'inventory', '-f', String(FORKS), 'play.yml'], {
    cwd: folder,
    env: {
      ...process.env,
      ANSIBLE_HOME: folder,
      ANSIBLE_SSH_CONTROL_PATH_DIR: path.join(folder, 'cp'),
      ...(preload && { LD_PRELOAD: preload }),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (data: Buffer) => (said += String(data)));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`ansible-playbook ended with ${code}: ${said.slice(-2_000)}`);
}
