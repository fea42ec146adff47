import { chooseAccount, MENU_IDLE_MS, runMenu, TerminalIo } from '../menu/index.js';
import { finished } from '../session/index.js';
import { shownBanner, type ChannelStream, type ShownBytes, type SshChannel } from '../ssh/index.js';
import type { ChannelContext } from './channel-context.js';
import { EXIT_FAILED, formatMessage, type ClientSide } from './client-side.js';
import { PendingChannel } from './pending-channel.js';
import { runOnAsset } from './run-on-asset.js';
import { exitStatusPayload, readWindowChange, resized, type Terminal } from './terminal-request.js';

const SHELL = { type: 'shell' as const, payload: Buffer.alloc(0) };

/** The terminal's end of a session that was chosen in the menu. It returns to the menu, and the client receives the menu's exit status alone. */
class MenuClientSide implements ClientSide {
  readonly outlivesAsset = true;

  constructor(
    readonly channel: SshChannel,
    private readonly terminal: Terminal,
  ) {}

  format(message: string): { data: ShownBytes; stream: ChannelStream } {
    return { data: formatMessage(message, this.terminal), stream: 'stdout' };
  }

  banner(text: string): { data: ShownBytes; stream: ChannelStream } {
    return { data: shownBanner(text, '\r\n'), stream: 'stdout' };
  }

  /** Does nothing: the menu goes on. */
  fail(): void {}
}

/** Returns a terminal that the gateway itself talks with, until the owner removes it from `menus`. It takes the channel, and what was typed ahead, from the pending channel. */
export function terminalOf({ pending, deps, menus }: ChannelContext, terminal: Terminal): TerminalIo {
  const io = new TerminalIo(pending.channel, terminal, ({ payload }) => readWindowChange(payload), deps.clock);
  io.attach(pending.takeEarly());
  pending.release();
  menus.add(io);
  return io;
}

/** Runs the menu on a shell channel until the user leaves it. */
export async function serveMenu(context: ChannelContext, terminal: Terminal): Promise<void> {
  const { identity } = context.sessions.login;
  const { channel } = context.pending;
  const io = terminalOf(context, terminal);
  await runMenu({
    io,
    username: identity.username,
    list: (page) => context.deps.access.listGranted({ identityToken: identity.token, ...page }),
    connect: (asset, account) => connectFromMenu(context, io, terminal, { asset, account }),
  });
  context.menus.delete(io);
  channel.notify('exit-status', exitStatusPayload(io.isFinished ? EXIT_FAILED : 0), 'in-order');
  channel.eof();
  channel.close();
}

async function connectFromMenu(
  context: ChannelContext,
  io: TerminalIo,
  terminal: Terminal,
  target: { asset: string; account: string },
): Promise<void> {
  const { sessions, deps, onRefused } = context;
  const { channel, environment } = context.pending;
  const obtained = await sessions.to(target, ({ assetName, accounts }) => chooseAccount(io, assetName, accounts, MENU_IDLE_MS));
  if (!('session' in obtained)) return io.write(`${obtained.refusal}\n`);
  const now = resized(terminal, io.facts);
  const pending = new PendingChannel(channel, { onStart: () => false, onRefused }, undefined, {
    side: new MenuClientSide(channel, now),
    terminal: now,
    environment,
    typed: io.takeTyped(),
  });
  await runOnAsset({ pending, deps, onRefused }, { session: obtained.session, start: SHELL, opened: { kind: 'shell' } });
  obtained.session.end(finished('the user left the asset'));
  io.facts = { ...io.facts, ...(pending.terminal ?? now) };
  io.attach(pending.takeEarly()); // also if the client has left meanwhile: the terminal sees its end at once
  pending.release();
}
