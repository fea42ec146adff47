import { CreateCore1795500000000 } from './1795500000000-create-core.js';

/** Oldest first. */
export const migrations = [CreateCore1795500000000];
