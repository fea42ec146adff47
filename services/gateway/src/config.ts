import { gatewaySettings, loadConfig } from '@sallyport/config';
import type { z } from 'zod';

export { gatewaySettings };
export type GatewayConfig = z.output<typeof gatewaySettings>;

/** Reads the settings from the environment. Prints every problem and exits if there is one. */
export const loadGatewayConfig = (): Readonly<GatewayConfig> => loadConfig(gatewaySettings, { prefix: 'GATEWAY_' }, process.env);
