import { z } from 'zod';

/** An action that a permission may allow on an asset; JumpServer's names. */
export const PermissionAction = z.enum(['connect', 'upload', 'download', 'delete', 'copy', 'paste', 'share', 'forward']);
export type PermissionAction = z.infer<typeof PermissionAction>;
