import { z } from 'zod';

export const HealthView = z.object({ status: z.literal('ok'), version: z.string() }).meta({ id: 'Health' });
export type HealthView = z.infer<typeof HealthView>;
