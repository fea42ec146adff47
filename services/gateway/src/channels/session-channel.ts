import { toAppError } from '@sallyport/errors';
import type { SshChannel } from '../ssh/index.js';
import type { ChannelContext, ChannelTools } from './channel-context.js';
import { ChannelLobby, type StartRequest } from './channel-lobby.js';
import { serveExec } from './exec.js';
import type { SessionSource } from './session-source.js';
import { serveSftp } from './sftp.js';
import { serveShell } from './shell.js';
import { readOneString } from './terminal-request.js';

/** Serves one "session" channel (RFC 4254 §6): what is asked to start on it decides its kind. */
export function serveSessionChannel(
  channel: SshChannel,
  source: SessionSource,
  tools: ChannelTools,
  onRefused: (type: string) => void,
): void {
  const lobby: ChannelLobby = new ChannelLobby(channel, {
    onStart: (request) => {
      const serve = kindOf(request, onRefused);
      // The reply goes first: what is served may write at once.
      if (serve) queueMicrotask(() => run(serve, { lobby, source, tools, onRefused }));
      return serve !== undefined;
    },
    onRefused,
  });
}

type Serve = (context: ChannelContext) => Promise<void>;

/** Who serves a request; undefined when nobody does. */
function kindOf({ type, payload }: StartRequest, onRefused: (type: string) => void): Serve | undefined {
  if (type === 'shell') return serveShell;
  if (type === 'exec') return (context) => serveExec(context, payload);
  const name = readOneString(payload);
  if (name === 'sftp') return (context) => serveSftp(context, payload);
  onRefused(`subsystem ${name.slice(0, 64)}`);
  return undefined;
}

function run(serve: Serve, context: ChannelContext): void {
  serve(context).catch((error: unknown) => {
    const { message, code } = toAppError(error);
    context.tools.logger.error({ err: error, code }, 'a channel failed');
    context.lobby.stop(message);
  });
}
