export { canonicalAddress } from './canonical-address.js';
export { actorName } from './actor-name.js';
export { runsJob, type Job } from './job.js';
export { PasswordHasher } from './password-hasher.js';
export { PlatformModule, type PlatformParts } from './platform.module.js';
export { CLOCK, CONFIG, LOGGER, METRICS, SEALER } from './tokens.js';
