export { Accounts, type AccountCredential } from './accounts.service.js';
export { AccountsModule } from './accounts.module.js';
export { ChangeAccount } from './change-account.service.js';
