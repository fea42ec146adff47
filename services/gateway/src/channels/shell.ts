import { chooseAccount, MENU_IDLE_MS } from '../menu/index.js';
import type { ChannelContext } from './channel-context.js';
import type { ChooseAccount } from './connection-sessions.js';
import { serveMenu, terminalOf } from './menu-channel.js';
import { runOnAsset } from './run-on-asset.js';
import { resized, type Terminal } from './terminal-request.js';

const NO_PAYLOAD = Buffer.alloc(0);

/** Runs a shell on the login's target or, if the login names none, the menu. */
export async function serveShell(context: ChannelContext): Promise<void> {
  const { pending, sessions } = context;
  const { terminal } = pending;
  if (!sessions.hasTarget) return terminal ? serveMenu(context, terminal) : pending.stop(NO_TERMINAL);
  const obtained = await sessions.toTarget(terminal && askOn(context, terminal));
  if (!('session' in obtained)) return pending.stop(obtained.refusal);
  await runOnAsset(context, { session: obtained.session, start: { type: 'shell', payload: NO_PAYLOAD }, opened: { kind: 'shell' } });
}

/** Asks for the account on the user's terminal. */
const askOn =
  (context: ChannelContext, terminal: Terminal): ChooseAccount =>
  async ({ assetName, accounts }) => {
    const io = terminalOf(context, terminal);
    const account = await chooseAccount(io, assetName, accounts, MENU_IDLE_MS);
    context.menus.delete(io);
    context.pending.takeBack(io.takeTyped(), resized(terminal, io.facts));
    return account;
  };

const NO_TERMINAL = 'No target is named, and the menu needs a terminal. Log in as user@account@asset, or use ssh -t.';
