import { chooseAccount, MENU_IDLE_MS, runMenu, TerminalIo } from '../menu/index.js';
import { finished } from '../session/index.js';
import type { ChannelStream, SshChannel } from '../ssh/index.js';
import type { ChannelContext } from './channel-context.js';
import { ChannelLobby } from './channel-lobby.js';
import { asLines, type ClientSide } from './client-side.js';
import { runOnAsset } from './run-on-asset.js';
import { exitStatusPayload, readWindowChange, resized, type Terminal } from './terminal-request.js';

const SHELL = { type: 'shell' as const, payload: Buffer.alloc(0) };

/** The terminal's end of a session that was chosen in the menu: it goes back to the menu, whose own exit is what the client hears of. */
class MenuSide implements ClientSide {
  readonly outlivesAsset = true;

  constructor(
    readonly channel: SshChannel,
    private readonly terminal: Terminal,
  ) {}

  words(text: string): { data: Buffer; stream: ChannelStream } {
    return { data: asLines(text, this.terminal), stream: 'stdout' };
  }

  /** The menu goes on when this is told of. */
  fail(): void {}
}

/** A terminal that we talk with; it takes the channel, and what was typed, from the lobby. */
export function terminalOf({ lobby, tools }: ChannelContext, terminal: Terminal): TerminalIo {
  const io = new TerminalIo(lobby.channel, terminal, ({ payload }) => readWindowChange(payload), tools.clock);
  io.attach(lobby.takeEarly());
  lobby.release();
  return io;
}

/** Runs the menu on a shell channel until the person leaves it. */
export async function serveMenu(context: ChannelContext, terminal: Terminal): Promise<void> {
  const { identity } = context.source.who;
  const { channel } = context.lobby;
  const io = terminalOf(context, terminal);
  await runMenu({
    io,
    username: identity.username,
    list: (page) => context.tools.access.listGranted({ identityToken: identity.token, ...page }),
    connect: (asset, account) => connectFromMenu(context, io, terminal, { asset, account }),
  });
  channel.notify('exit-status', exitStatusPayload(0), 'in-order');
  channel.eof();
  channel.close();
}

async function connectFromMenu(
  context: ChannelContext,
  io: TerminalIo,
  terminal: Terminal,
  target: { asset: string; account: string },
): Promise<void> {
  const { source, tools, onRefused, lobby: menuLobby } = context;
  const obtained = await source.to(target, ({ assetName, accounts }) => chooseAccount(io, assetName, accounts, MENU_IDLE_MS));
  if (!('session' in obtained)) return io.write(`${obtained.words}\n`);
  const now = resized(terminal, io.facts);
  const side = new MenuSide(menuLobby.channel, now);
  const lobby = new ChannelLobby(
    menuLobby.channel,
    { onStart: () => false, onRefused },
    { side, terminal: now, environment: menuLobby.environment, typed: io.takeTyped() },
  );
  await runOnAsset({ session: obtained.session, lobby, start: SHELL, opened: { kind: 'shell' }, onRefused, ...tools });
  obtained.session.end(finished('the user left the asset'));
  io.facts = { ...io.facts, ...(lobby.terminal ?? now) };
  io.attach(lobby.takeEarly()); // also when the client left meanwhile: it hears of that at once
  lobby.release();
}
