export { DEFAULT_ORG_ID } from './default-org.js';
