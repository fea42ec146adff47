export { Accounts } from './accounts.service.js';
export { AccountsModule } from './accounts.module.js';
export { Credentials, type AccountCredential } from './credentials.service.js';
