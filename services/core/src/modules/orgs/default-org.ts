/** Id of the organization that every installation starts with, made by the first migration. */
export const DEFAULT_ORG_ID = '00000000-0000-7000-8000-000000000002';
