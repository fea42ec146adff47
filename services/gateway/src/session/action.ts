/** An action that a permission may allow on an asset. */
export type Action = 'connect' | 'upload' | 'download' | 'delete' | 'copy' | 'paste' | 'share' | 'forward';

/** All actions. */
export const ALL_ACTIONS: ReadonlySet<Action> = new Set(['connect', 'upload', 'download', 'delete', 'copy', 'paste', 'share', 'forward']);
