import { chooseAccount, MENU_IDLE_MS } from '../menu/index.js';
import type { ChannelContext } from './channel-context.js';
import { serveMenu, terminalOf } from './menu-channel.js';
import { runOnAsset } from './run-on-asset.js';
import type { ChooseAccount } from './session-source.js';
import { resized, type Terminal } from './terminal-request.js';

const NO_PAYLOAD = Buffer.alloc(0);

/** A shell: on the login's target or, where it names none, the menu. */
export async function serveShell(context: ChannelContext): Promise<void> {
  const { lobby, source, tools, onRefused } = context;
  const { terminal } = lobby;
  if (!source.hasTarget) return terminal ? serveMenu(context, terminal) : lobby.stop(NO_TERMINAL);
  const obtained = await source.toTarget(terminal && askOn(context, terminal));
  if (!('session' in obtained)) return lobby.stop(obtained.words);
  await runOnAsset({
    session: obtained.session,
    lobby,
    start: { type: 'shell', payload: NO_PAYLOAD },
    opened: { kind: 'shell' },
    onRefused,
    ...tools,
  });
}

/** Asks for the account at the person's terminal. */
const askOn =
  (context: ChannelContext, terminal: Terminal): ChooseAccount =>
  async ({ assetName, accounts }) => {
    const io = terminalOf(context, terminal);
    const account = await chooseAccount(io, assetName, accounts, MENU_IDLE_MS);
    context.lobby.takeBack(io.takeTyped(), resized(terminal, io.facts));
    return account;
  };

const NO_TERMINAL = 'No target is named, and the menu needs a terminal. Log in as user@account@asset, or use ssh -t.';
