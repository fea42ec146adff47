export { RIGHTS, type Right } from './rights.js';
export { ROLE_RIGHTS, roleHas } from './role-rights.js';
