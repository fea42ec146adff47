/** Does not compile for a column that a view neither shows nor hides. */
export type AssertNever<T extends never> = T;
