export type { ListAssets } from './asset-list.js';
export { chooseAccount } from './choose-account.js';
export { MENU_IDLE_MS, runMenu } from './menu.js';
export { TerminalIo } from './terminal-io.js';
