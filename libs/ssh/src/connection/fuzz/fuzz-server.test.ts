import { fuzzRole } from './fuzz-role.suite.js';

await fuzzRole('server');
