export { lifecycle, type Lifecycle, type LifecycleTable } from './lifecycle.js';
