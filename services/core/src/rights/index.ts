export type { Right } from './rights.js';
export { roleHas } from './role-rights.js';
