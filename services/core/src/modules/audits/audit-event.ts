/** Every type of audit event. Once out, a type is never renamed or reused. */
type AuditType =
  | 'user.signed-in'
  | 'user.sign-in-refused'
  | 'user.locked'
  | 'user.unlocked'
  | 'user.created'
  | 'user.updated'
  | 'user.deleted'
  | 'user.password-changed'
  | 'user.ssh-key-added'
  | 'user.ssh-key-removed'
  | 'asset.created'
  | 'asset.updated'
  | 'asset.deleted'
  | 'host-key.pinned'
  | 'host-key.changed'
  | 'host-key.unpinned'
  | 'account.created'
  | 'account.updated'
  | 'account.deleted'
  | 'account.connectivity-tested'
  | 'asset-permission.created'
  | 'asset-permission.updated'
  | 'asset-permission.deleted'
  | 'session.opened'
  | 'session.refused'
  | 'session.closed'
  | 'session.terminate-asked'
  | 'session.replay-read';

/** What an event is about. */
interface AuditResource {
  readonly kind: 'user' | 'ssh-key' | 'asset' | 'host-key' | 'account' | 'asset-permission' | 'session' | 'task';
  readonly id: string;
  /** What people call it, as it was called then. */
  readonly name: string;
}

/** Who did it, where that is not the context's actor: a user whom a gateway speaks for. */
export interface AuditActor {
  readonly userId?: string;
  readonly username: string;
  readonly sourceIp?: string;
}

/** A fact to be kept. Facts hold ids, names and numbers; never a secret. */
export interface AuditEvent {
  readonly type: AuditType;
  readonly outcome: 'success' | 'refused';
  readonly resource?: AuditResource;
  readonly actor?: AuditActor;
  readonly orgId?: string;
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
}
