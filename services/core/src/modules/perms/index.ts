export { AssetPermissions } from './asset-permissions.service.js';
export type { CandidateAsset, SessionUse } from './grant.repository.js';
export { Grants, type GrantedAsset, type GrantedPage, type UsableAccount } from './grants.service.js';
export { decideAccess, type AccessDecision, type AccessQuestion, type DenyReason, type PermissionFacts } from './permission.policy.js';
export { PermsModule } from './perms.module.js';
