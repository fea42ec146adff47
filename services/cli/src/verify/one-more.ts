/** Collects the values of an option that is repeated. */
export const oneMore = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];
