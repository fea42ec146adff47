export { actorName } from './actor-name.js';
export { CLOCK, CONFIG, LOGGER, METRICS, SEALER } from './tokens.js';
