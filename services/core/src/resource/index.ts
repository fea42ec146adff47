export { atAddress, before, ignoringCase, nameOrId, since } from './conditions.js';
export { columnsOf, givenColumns, related, secret, unique, type Fields } from './fields.js';
export { listPlan, listRows, type ListPlan } from './list-plan.js';
export type { AssertNever } from './assert-never.js';
export { asIs, resource } from './resource.js';
export { resourceErrors } from './resource.errors.js';
export { ResourceModule } from './resource.module.js';
export { ResourceStore } from './resource-store.js';
export type { Rows } from './rows.js';
