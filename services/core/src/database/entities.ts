import { AccountEntity } from '../modules/accounts/account.entity.js';
import { AssetEntity } from '../modules/assets/asset.entity.js';
import { HostKeyEntity } from '../modules/assets/host-key.entity.js';
import { AuditAnchorEntity } from '../modules/audits/anchors/audit-anchor.entity.js';
import { AuditEventEntity } from '../modules/audits/audit-event.entity.js';
import { AuditHeadEntity, AuditLinkEntity } from '../modules/audits/audit-link.entity.js';
import { ApiTokenEntity } from '../modules/api-tokens/api-token.entity.js';
import { SignInFailureEntity } from '../modules/authentication/sign-in-failure.entity.js';
import { SignInLockEntity } from '../modules/authentication/sign-in-lock.entity.js';
import { ComponentEntity } from '../modules/components/component.entity.js';
import { OrgEntity } from '../modules/orgs/org.entity.js';
import { OutboxEntity } from '../modules/outbox/outbox.entity.js';
import { AccessChangeEntity } from '../modules/perms/access-change.entity.js';
import { AssetPermissionAssetEntity, AssetPermissionEntity, AssetPermissionUserEntity } from '../modules/perms/asset-permission.entity.js';
import { GatewayLeaseEntity } from '../modules/sessions/gateway-lease.entity.js';
import { SessionEntity } from '../modules/sessions/session.entity.js';
import { TaskEntity } from '../modules/tasks/task.entity.js';
import { UserSshKeyEntity } from '../modules/users/user-ssh-key.entity.js';
import { UserEntity } from '../modules/users/user.entity.js';

/** Every table that core owns. */
export const entities = [
  OrgEntity,
  UserEntity,
  UserSshKeyEntity,
  ApiTokenEntity,
  SignInLockEntity,
  SignInFailureEntity,
  AssetEntity,
  HostKeyEntity,
  AccountEntity,
  AssetPermissionEntity,
  AssetPermissionUserEntity,
  AssetPermissionAssetEntity,
  AccessChangeEntity,
  SessionEntity,
  GatewayLeaseEntity,
  AuditEventEntity,
  AuditLinkEntity,
  AuditHeadEntity,
  AuditAnchorEntity,
  OutboxEntity,
  TaskEntity,
  ComponentEntity,
];
