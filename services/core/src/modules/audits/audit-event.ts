/** Nouns of resources that `ResourceStore` audits. */
export type AuditedNoun = 'user' | 'asset' | 'account' | 'asset-permission';

/** Every type of audit event. A released type is never renamed or reused. */
type AuditType =
  | `${AuditedNoun}.${'created' | 'updated' | 'deleted'}`
  | 'user.signed-in'
  | 'user.sign-in-refused'
  | 'user.sign-in-failed'
  | 'user.locked'
  | 'user.unlocked'
  | 'user.password-changed'
  | 'user.password-reset'
  | 'user.password-change-refused'
  | 'user.ssh-key-added'
  | 'user.ssh-key-removed'
  | 'host-key.pinned'
  | 'host-key.changed'
  | 'host-key.unpinned'
  | 'account.connectivity-tested'
  | 'session.opened'
  | 'session.refused'
  | 'session.closed'
  | 'session.terminate-asked'
  | 'session.replay-read'
  | 'session.recording-altered';

/** A fact of an event: JSON without times and bytes. */
export type AuditFact = string | number | boolean | null | readonly AuditFact[] | { readonly [name: string]: AuditFact };

/** Facts by name: ids, names and numbers, never a secret. `changes` has `{ from, to }` per changed field. */
export type AuditFacts = Readonly<Record<string, AuditFact>>;

/** The object of an event. */
interface AuditResource {
  readonly kind: AuditedNoun | 'ssh-key' | 'host-key' | 'session' | 'task';
  readonly id: string;
  /** Its name at the time of the event. */
  readonly name: string;
}

/** The user of the event, where that is not the context's actor: a gateway acts for its user. */
export interface AuditActor {
  readonly userId?: string;
  readonly username: string;
  readonly sourceIp?: string;
}

/** An event to be kept, in the organization of its context. */
export interface AuditEvent {
  readonly type: AuditType;
  readonly outcome: 'success' | 'refused';
  readonly resource?: AuditResource;
  readonly actor?: AuditActor;
  readonly facts?: AuditFacts;
}
