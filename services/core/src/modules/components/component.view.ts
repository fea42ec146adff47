import type { ComponentView } from '@sallyport/contracts';
import type { AssertNever } from '../../resource/index.js';
import type { Component } from './component.repository.js';

type Shown = 'id' | 'kind' | 'address' | 'sessionCount' | 'dateFirstSeen' | 'dateLastSeen';
export type EveryColumnDecided = AssertNever<Exclude<keyof Component, Shown>>;

/** Returns a component as REST shows it. */
export const toComponentView = (it: Component & { isAlive: boolean }): ComponentView => ({
  id: it.id,
  kind: it.kind,
  address: it.address,
  is_alive: it.isAlive,
  session_count: it.sessionCount,
  date_first_seen: it.dateFirstSeen.toISOString(),
  date_last_seen: it.dateLastSeen.toISOString(),
});
