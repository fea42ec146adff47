/** A socket at the server that forwards to the client's agent (OpenSSH's PROTOCOL.agent, "auth-agent@openssh.com"). */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SshConnection } from '@sallyport/ssh';
import { joinSocket } from './join-socket.ts';

/** See the head of this file. */
export class AgentListener {
  readonly path: string;

  private constructor(
    private readonly folder: string,
    private readonly server: Server,
  ) {
    this.path = join(folder, 'agent');
  }

  static async open(connection: SshConnection): Promise<AgentListener> {
    const server = createServer(
      { allowHalfOpen: true },
      (socket) => void joinSocket(socket, connection, { kind: 'auth-agent@openssh.com' }),
    );
    const listener = new AgentListener(await mkdtemp(join(tmpdir(), 'conformance-agent-')), server);
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(listener.path, resolve));
    return listener;
  }

  close(): void {
    this.server.close();
    void rm(this.folder, { recursive: true, force: true });
  }
}
