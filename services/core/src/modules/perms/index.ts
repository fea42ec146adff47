export { AccessChanges, type AccessCheck } from './access-changes.service.js';
export { connectGrant, type Action, type AllowedActions, type RightEnd } from './action.js';
export { AssetPermissions } from './asset-permissions.service.js';
export { Grants, type GrantedAsset, type UsableAccount } from './grants.service.js';
export { PermsModule } from './perms.module.js';
