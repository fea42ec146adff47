import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { anSshd, type TestSshd } from '@sallyport/testkit';
import type { Product } from './product.ts';

/** A real sshd, registered as an asset with one account. Connections to it are counted. */
export interface WatchedAsset {
  readonly id: string;
  readonly name: string;
  readonly account: string;
  readonly accountId: string;
  readonly port: number;
  /** Returns the number of TCP connections so far. */
  dials(): number;
  /** Puts another server with another host key in its place. */
  changeHostKey(): Promise<void>;
  /** Returns the number of logins at the current server. */
  logins(): Promise<number>;
  remove(): Promise<void>;
}

export async function aWatchedAsset(product: Product): Promise<WatchedAsset> {
  const servers: TestSshd[] = [await anSshd()];
  const current = (): TestSshd => servers.at(-1) as TestSshd;
  const login = current().logins[0];
  let dials = 0;
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    dials++;
    const server = connect(current().port, '127.0.0.1');
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(from.on('close', () => to.destroy()).on('error', () => to.destroy()));
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  const name = `watched-${randomUUID().slice(0, 8)}`;
  const host = await product.admin.post<{ id: string }>('assets/hosts', { name, address: '127.0.0.1', port });
  const account = await product.admin.post<{ id: string }>('accounts/accounts', {
    asset: host.id,
    username: login.username,
    private_key: await readFile(login.privateKeyFile, 'utf8'),
  });
  return {
    id: host.id,
    name,
    account: login.username,
    accountId: account.id,
    port,
    dials: () => dials,
    changeHostKey: async () => {
      servers.push(await anSshd());
    },
    logins: async () => ((await readFile(current().logFile, 'utf8')).match(/Accepted /g) ?? []).length,
    remove: async () => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      for (const server of servers) await server.remove();
    },
  };
}
