import type { GrantedAsset } from '@sallyport/proto-gen/access/v1/target';
import { AssetList, type ListAssets } from './asset-list.js';
import { assetTable } from './asset-table.js';
import { chooseAccount } from './choose-account.js';
import { HELP, readMenuCommand, type MenuCommand } from './menu-command.js';
import type { TerminalIo } from './terminal-io.js';

/** The collaborators of the menu. */
export interface MenuDeps {
  io: TerminalIo;
  username: string;
  list: ListAssets;
  /** Connects the terminal to an asset. Resolves when the user is back in the menu. */
  connect(asset: string, account: string): Promise<void>;
}

/** The time without input after which the menu ends. */
export const MENU_IDLE_MS = 30 * 60_000;
/** The lines of the screen that are not rows of the table. */
const OTHER_LINES = 5;

/** Runs the asset chooser of a login without a target. Resolves when the user leaves it. */
export async function runMenu(deps: MenuDeps): Promise<void> {
  const menu = new Menu(deps);
  await menu.run();
}

class Menu {
  private readonly assets: AssetList;

  constructor(private readonly deps: MenuDeps) {
    this.assets = new AssetList(deps.list);
  }

  async run(): Promise<void> {
    const { io, username } = this.deps;
    io.write(`Sallyport. You are signed in as ${username}. Type h for help, q to leave.\n\n`);
    await this.tryCall(() => this.showPage());
    for (;;) {
      const line = await io.ask('Opt> ', MENU_IDLE_MS);
      if (line === undefined) return;
      const command = readMenuCommand(line);
      if (command.kind === 'quit') return;
      await this.tryCall(() => this.execute(command));
      if (io.isOver) return;
    }
  }

  private async execute(command: Exclude<MenuCommand, { kind: 'quit' }> | MenuCommand): Promise<void> {
    const { io } = this.deps;
    switch (command.kind) {
      case 'help':
        return io.write(HELP);
      case 'show':
        return this.showPage();
      case 'next':
      case 'previous':
        if (await this.assets.turn(command.kind, this.pageRows)) return this.print();
        return io.write(`There is no ${command.kind} page.\n`);
      case 'search':
        await this.assets.searchFor(command.text, this.pageRows);
        return this.print();
      case 'row':
        return this.connectTo(this.assets.byNumber(command.number), `There is no row ${command.number} on this page.\n`);
      case 'name':
        return this.connectByName(command.text);
      case 'quit':
        return;
    }
  }

  private async connectByName(text: string): Promise<void> {
    const shown = this.assets.byName(text);
    if (shown) return this.connectTo(shown, '');
    await this.assets.searchFor(text, this.pageRows);
    const found = this.assets.byName(text) ?? (this.assets.count === 1 ? this.assets.assets[0] : undefined);
    return found ? this.connectTo(found, '') : this.print();
  }

  private async connectTo(asset: GrantedAsset | undefined, otherwise: string): Promise<void> {
    const { io, connect } = this.deps;
    if (!asset) return io.write(otherwise);
    const account =
      asset.accounts.length > 1 ? await chooseAccount(io, asset.name, asset.accounts, MENU_IDLE_MS) : asset.accounts[0]?.username;
    if (account === undefined && asset.accounts.length > 1) return;
    io.write(`Connecting to ${asset.name} as ${account ?? 'its account'} …\n`);
    await connect(asset.id, account ?? '');
    if (!io.isOver) io.write('\n');
  }

  private async showPage(): Promise<void> {
    await this.assets.show(this.pageRows);
    this.print();
  }

  private print(): void {
    const { io } = this.deps;
    const { assets, count, search, firstNumber, lastNumber } = this.assets;
    const under = search === '' ? '' : ` under "${search}"`;
    if (count === 0)
      return io.write(search === '' ? 'There is no asset that you may reach.\n' : `Nothing is found${under}. / alone shows all again.\n`);
    const [head = '', ...rows] = assetTable(assets, firstNumber, io.facts.cols);
    io.writeBold(head);
    io.write(`\n${rows.join('\n')}\n`);
    io.write(`${firstNumber} to ${lastNumber} of ${count}${under}${lastNumber < count ? '; n for the next page' : ''}\n`);
  }

  private get pageRows(): number {
    return Math.max(5, Math.min(100, this.deps.io.facts.rows - OTHER_LINES));
  }

  /** Runs a call to core. If it fails, it shows a message and leaves the menu as it was. */
  private async tryCall(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch {
      this.deps.io.write('That did not work: the list can not be read right now. Press Enter to try again.\n');
    }
  }
}
