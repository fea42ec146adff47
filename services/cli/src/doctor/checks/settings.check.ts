import { parseServiceSettings, settingNames, type Environment, SERVICES, type ServiceName } from '@sallyport/config';
import { fault, ok, warning, type Check, type Finding } from '../check.js';

/** Variables of Node, of its libraries and of the system. */
const OF_THE_SYSTEM = /^(NODE_|OTEL_|SSL_CERT_|GLIBC_|LC_|npm_|KUBERNETES_)|^(PATH|HOME|LANG|TZ|USER|HOSTNAME|UV_THREADPOOL_SIZE)$/;

/** Checks the variables of each service by that service's own rules. */
export const settingsCheck: Check = {
  group: 'Settings',
  name: 'settings',
  needs: [],
  remedy: 'Check that the files of settings can be read',
  run: ({ environments }) => Promise.resolve(SERVICES.flatMap((name) => serviceFindings(name, environments[name]))),
};

function serviceFindings(service: ServiceName, env: Environment | undefined): Finding[] {
  if (env === undefined) return [warning(`${service}.env was not given`, `Name it by --env: ${service} was not checked`)];
  const result = parseServiceSettings(service, env);
  const wrong = result.ok ? [] : result.problems;
  const fix = `Correct it in ${service}.env (its settings: deploy/env/${service}.md) and start ${service} again`;
  const faults = wrong.map((problem) => fault(`${service}.env: ${problem}`, fix));
  const found = faults.length > 0 ? faults : [ok(`${service}.env is right`)];
  return [
    ...found,
    ...unread(service, env).map((name) => warning(`${service}.env: nothing reads ${name}`, `Check its spelling, or remove it`)),
  ];
}

/** Returns variables that the service does not read, beside those with its prefix, which it refuses itself. */
function unread(service: ServiceName, env: Environment): string[] {
  const { all, secret } = settingNames(service);
  const known = new Set([...all, ...secret.map((name) => `${name}_FILE`)]);
  return Object.keys(env).filter((name) => !known.has(name) && !OF_THE_SYSTEM.test(name) && !name.startsWith(`${service.toUpperCase()}_`));
}
