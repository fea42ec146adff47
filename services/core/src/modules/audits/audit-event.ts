import type { AuditType } from '@sallyport/contracts';

/** Nouns of resources that `ResourceStore` audits. */
export type AuditedNoun = 'user' | 'asset' | 'account' | 'asset-permission';

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
