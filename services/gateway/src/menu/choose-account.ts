import type { GrantedAccount } from '@sallyport/proto-gen/access/v1/target';
import type { TerminalIo } from './terminal-io.js';

const TRIES = 3;

/** Asks the user for one of several accounts, by number or name. Returns undefined if the user chooses none. */
export async function chooseAccount(
  io: TerminalIo,
  assetName: string,
  accounts: readonly GrantedAccount[],
  idleMs: number,
): Promise<string | undefined> {
  io.write(`You may use several accounts on ${assetName}:\n`);
  for (const [index, account] of accounts.entries()) io.write(`  ${index + 1}  ${account.username}\n`);
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const line = (await io.ask('Account> ', idleMs))?.trim();
    if (!line || line === 'b' || line === 'q') return undefined;
    const chosen = accounts.find((account) => account.username === line) ?? accounts[Number(line) - 1];
    if (chosen) return chosen.username;
    io.write(`There is no "${line}" here. Type a number or a name from above, or b to go back.\n`);
  }
  return undefined;
}
