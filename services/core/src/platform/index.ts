export { CLOCK, CONFIG, LOGGER, METRICS, SEALER } from './tokens.js';
