/** A state machine as data: every state, where it may go and on what. */
export interface LifecycleTable<State extends string, Trigger extends string> {
  readonly noun: string;
  readonly initial: State;
  readonly states: Readonly<Record<State, Partial<Readonly<Record<Trigger, State>>>>>;
}

/** A checked machine. */
export interface Lifecycle<State extends string, Trigger extends string> {
  /** Returns the state after a trigger; undefined if the trigger is not valid in this state. */
  next(from: State, trigger: Trigger): State | undefined;
  /** Returns true if no transition leads out of a state. */
  isFinal(state: State): boolean;
  /** States that something leads out of. */
  readonly live: readonly State[];
}

/** Checks a table and returns its state machine. Throws for an unreachable state, so that a wrong table is found at start. */
export function lifecycle<State extends string, Trigger extends string>(table: LifecycleTable<State, Trigger>): Lifecycle<State, Trigger> {
  const states = Object.keys(table.states) as State[];
  const unreachable = states.filter((state) => !reachable(table).has(state));
  if (unreachable.length > 0) throw new Error(`${table.noun}: nothing leads to the state ${unreachable.join(', ')}`);
  const isFinal = (state: State): boolean => Object.keys(table.states[state]).length === 0;
  return {
    next: (from, trigger) => table.states[from][trigger],
    isFinal,
    live: states.filter((state) => !isFinal(state)),
  };
}

function reachable<State extends string, Trigger extends string>(table: LifecycleTable<State, Trigger>): Set<State> {
  const seen = new Set<State>([table.initial]);
  for (const state of seen) {
    for (const target of Object.values<State | undefined>(table.states[state] as Record<string, State | undefined>)) {
      if (target === undefined) continue;
      if (!(target in table.states)) throw new Error(`${table.noun}: "${state}" leads to "${target}", which is not a state`);
      seen.add(target);
    }
  }
  return seen;
}
