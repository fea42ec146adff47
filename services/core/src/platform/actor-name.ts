import type { Actor } from '@sallyport/context';

/** What the actor is called in `created_by` columns. */
export const actorName = (actor: Actor): string => (actor.kind === 'user' ? actor.username : actor.name);
