export { AccountNotFound } from './account.errors.js';
export { Accounts, type AccountCredential, type ConnectivityResult } from './accounts.service.js';
export { AccountsModule } from './accounts.module.js';
export { ChangeAccount } from './change-account.service.js';
