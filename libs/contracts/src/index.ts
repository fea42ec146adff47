export { AccountCreate, AccountListQuery, AccountUpdate, AccountUsername, AccountView, Connectivity, SecretType } from './rest/account.js';
export {
  ALL_ACCOUNTS,
  AssetPermissionCreate,
  AssetPermissionListQuery,
  AssetPermissionUpdate,
  AssetPermissionView,
} from './rest/asset-permission.js';
export { AuditChainQuery, AuditChainView, AuditEventListQuery, AuditEventView } from './rest/audit-event.js';
export type { AuditType } from './rest/audit-type.js';
export { SignInAnswer, SignInRequest } from './rest/authentication.js';
export { BulkAnswer, BulkResult, bulkOf, MAX_BULK, type BulkOperation } from './rest/bulk.js';
export { CommandKind, CommandListQuery, CommandPage, CommandView, MAX_COMMAND_OFFSET, RiskLevel } from './rest/command.js';
export { ComponentListQuery, ComponentView } from './rest/component.js';
export { ErrorBody } from './rest/error.js';
export { Comment, DateTime, Id, Name, QueryFlag } from './rest/field.js';
export { HealthView } from './rest/health.js';
export {
  Address,
  AssetName,
  HostCreate,
  HostKeyCreate,
  HostKeyListQuery,
  HostKeyView,
  HostListQuery,
  HostUpdate,
  HostView,
} from './rest/host.js';
export { OwnAssetListQuery, OwnAssetView } from './rest/own-asset.js';
export { MAX_LIMIT, MAX_OFFSET, type Order, type Page, listQuery, pageOf } from './rest/page.js';
export { PermissionAction } from './rest/permission-action.js';
export {
  ReplayFormat,
  ReplayQuery,
  SessionChannels,
  type SessionChannelView,
  SessionEndReason,
  SessionListQuery,
  SessionState,
  SessionView,
  TerminateRequest,
} from './rest/session.js';
export { SshKeyCreate, SshKeyListQuery, SshKeyView } from './rest/ssh-key.js';
export { TaskView } from './rest/task.js';
export {
  MAX_PASSWORD_LENGTH,
  MIN_PASSWORD_LENGTH,
  NewPassword,
  PasswordChange,
  ProfileUpdate,
  Role,
  UserCreate,
  UserListQuery,
  UserUpdate,
  UserView,
  Username,
} from './rest/user.js';
