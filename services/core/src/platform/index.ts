export { actorName } from './actor-name.js';
export { PlatformModule, type PlatformParts } from './platform.module.js';
export { readable } from './readable.js';
export { Rounds } from './rounds.js';
export { CLOCK, CONFIG, LOGGER, METRICS, SEALER } from './tokens.js';
