import { parseServiceSettings, SERVICES, type Environment, type ServiceName, type ServiceSettings } from '@sallyport/config';

export type Settings = ServiceSettings;

/** File of the identity that prepares NATS. It is not a service: its file holds NATS_URL and RPC_*_FILE only. */
export const OPERATOR_FILE = 'nats-operator';

/** Addresses of the command line. */
export interface Addresses {
  /** host:port of gateways, if they are not at the address of the settings. */
  readonly gateways: readonly string[];
  /** Base URLs of health servers, for services that do not run on this machine. */
  readonly health: Partial<Record<ServiceName, string>>;
}

/** An installation, as its settings describe it. */
export interface Installation extends Addresses {
  /** Variables of each service whose file was given. */
  readonly environments: Partial<Record<ServiceName, Environment>>;
  /** Settings of the services whose variables are right. */
  readonly settings: Partial<Settings>;
  readonly operator: Environment | undefined;
}

/** Reads the settings of each service from its variables. Wrong ones are left out; the check of settings reports them. */
export function describeInstallation(environments: Partial<Record<string, Environment>>, addresses: Addresses): Installation {
  const given = SERVICES.filter((name) => environments[name] !== undefined);
  const read = given.flatMap((name) => {
    const result = parseServiceSettings(name, environments[name] ?? {});
    return result.ok ? [[name, result.config] as const] : [];
  });
  return {
    ...addresses,
    environments: Object.fromEntries(given.map((name) => [name, environments[name]])),
    settings: Object.fromEntries(read) as Partial<Settings>,
    operator: environments[OPERATOR_FILE],
  };
}
