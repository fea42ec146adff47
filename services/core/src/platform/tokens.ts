/** Injection tokens of what has no class: `@Inject(CLOCK) clock: Clock`. */
export const CLOCK = Symbol('Clock');
export const LOGGER = Symbol('Logger');
export const SEALER = Symbol('Sealer');
export const CONFIG = Symbol('CoreConfig');
export const METRICS = Symbol('Metrics');
