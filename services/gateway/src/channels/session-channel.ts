import { toAppError } from '@sallyport/errors';
import { ChannelOpenRefused, type ChannelOpenRequest } from '../ssh/index.js';
import type { ChannelContext, ConnectionContext } from './channel-context.js';
import type { ServedSubsystem } from './channel-policy.js';
import { serveExec } from './exec.js';
import type { AssetReservation } from './asset-reservation.js';
import { PendingChannel } from './pending-channel.js';
import { serveSftp } from './sftp.js';
import { serveShell } from './shell.js';
import type { StartRequest } from './start-request.js';
import { readOneString } from './terminal-request.js';

type Serve = (context: ChannelContext, payload: Buffer) => Promise<void>;

/** The subsystems. The compiler requires an entry for each row of the policy that is served. */
const SUBSYSTEMS: Readonly<Partial<Record<string, Serve>>> = { sftp: serveSftp } satisfies Record<ServedSubsystem, Serve>;

/**
 * Serves a "session" channel (RFC 4254 §6): a shell, a command or a subsystem, as the client's start request says. The first channel of a connection
 * is accepted at once. A further one is accepted when the asset has opened its counterpart: the asset may allow few per connection.
 */
export function serveSessionChannel(request: ChannelOpenRequest, context: ConnectionContext): void {
  const { reservation, isFirst } = context.sessions.reservation() ?? { isFirst: true };
  if (isFirst || !reservation) return accept(request, context, reservation);
  reservation.begin().then(
    () => accept(request, context, reservation),
    (error: unknown) => refuse(request, context, error),
  );
}

/** Refuses a channel as the asset did. OpenSSH's client then opens a connection of its own for it. */
function refuse(request: ChannelOpenRequest, { deps }: ConnectionContext, error: unknown): void {
  const { message, code } = toAppError(error);
  deps.logger.info({ code }, 'an asset refused a further channel');
  request.refuse(error instanceof ChannelOpenRefused ? error.reason : 'connect-failed', message);
}

function accept(request: ChannelOpenRequest, context: ConnectionContext, reservation: AssetReservation | undefined): void {
  const pending: PendingChannel = new PendingChannel(
    request.accept(),
    {
      onStart: (start) => {
        const serve = serverOf(start);
        // The reply goes first: the program may write at once.
        if (serve) queueMicrotask(() => run(serve, { ...context, pending }, start.payload));
        return serve !== undefined;
      },
      onRefused: context.onRefused,
    },
    reservation,
  );
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
