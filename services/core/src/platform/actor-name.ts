import type { Actor } from '@sallyport/context';

/** Returns the name of an actor for `created_by` columns. */
export const actorName = (actor: Actor): string => (actor.kind === 'user' ? actor.username : actor.name);
