import { toAppError } from '@sallyport/errors';
import type { ChannelOpenRequest } from '../ssh/index.js';
import type { ChannelContext, ConnectionContext } from './channel-context.js';
import type { ServedSubsystem } from './channel-policy.js';
import { serveExec } from './exec.js';
import { PendingChannel } from './pending-channel.js';
import { serveSftp } from './sftp.js';
import { serveShell } from './shell.js';
import type { StartRequest } from './start-request.js';
import { readOneString } from './terminal-request.js';

type Serve = (context: ChannelContext, payload: Buffer) => Promise<void>;

/** The subsystems. The compiler requires an entry for each row of the policy that is served. */
const SUBSYSTEMS: Readonly<Partial<Record<string, Serve>>> = { sftp: serveSftp } satisfies Record<ServedSubsystem, Serve>;

/** Serves a "session" channel (RFC 4254 §6): a shell, a command or a subsystem, as the client's start request says. */
export function serveSessionChannel(request: ChannelOpenRequest, context: ConnectionContext): void {
  const pending: PendingChannel = new PendingChannel(request.accept(), {
    onStart: (start) => {
      const serve = serverOf(start);
      // The reply goes first: the program may write at once.
      if (serve) queueMicrotask(() => run(serve, { ...context, pending }, start.payload));
      return serve !== undefined;
    },
    onRefused: context.onRefused,
  });
}

function serverOf({ type, payload }: StartRequest): Serve | undefined {
  switch (type) {
    case 'shell':
      return serveShell;
    case 'exec':
      return serveExec;
    case 'subsystem':
      return SUBSYSTEMS[readOneString(payload)];
  }
}

function run(serve: Serve, context: ChannelContext, payload: Buffer): void {
  serve(context, payload).catch((error: unknown) => {
    const { message, code } = toAppError(error);
    context.deps.logger.error({ err: error, code }, 'a channel failed');
    context.pending.stop(message);
  });
}
