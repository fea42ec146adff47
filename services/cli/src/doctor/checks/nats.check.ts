import { SERVICES, type ServiceName } from '@sallyport/config';
import { inspectBus, OPERATOR, type BusPart, type Client } from '@sallyport/bus';
import { fault, ok, warning, type Check, type Finding } from '../check.js';

const CONNECT_MS = 3_500;
const MANY_MESSAGES = 10_000;
const PROVISION = 'Run "sallyport nats provision" with the certificate of nats-operator; it keeps all messages';
const PERMISSIONS = 'Write "sallyport nats permissions" of this release into the configuration of the NATS server, and reload it';
const DEAD_STREAM = 'SALLYPORT_DEAD';

/** Connects to NATS as each service, and checks its consumers; as its operator, if that was given, also the streams. */
export const natsChecks: readonly Check[] = [...SERVICES.map(serviceCheck), operatorCheck()];

/** Returns the client of NATS that a service is. */
export function natsClient(service: string, settings: Readonly<Record<string, unknown>>): Client {
  const text = (name: string): string => String(settings[name] ?? '');
  return {
    url: text('NATS_URL'),
    service,
    identity: { caFile: text('RPC_CA_FILE'), certFile: text('RPC_CERT_FILE'), keyFile: text('RPC_KEY_FILE') },
  };
}

function serviceCheck(service: ServiceName): Check {
  return {
    group: 'NATS',
    name: service,
    needs: [service],
    remedy: 'Check NATS_URL, the certificates, and that NATS runs (deploy/nats)',
    run: ({ settings }) => examine(natsClient(service, settings[service])),
  };
}

function operatorCheck(): Check {
  return {
    group: 'NATS',
    name: OPERATOR,
    needs: [],
    remedy: 'Check the variables of nats-operator.env, and that NATS runs (deploy/nats)',
    run: async ({ operator }) => (operator === undefined ? [] : examine(natsClient(OPERATOR, operator))),
  };
}

async function examine(client: Client): Promise<Finding[]> {
  const { version, streams, consumers } = await inspectBus(client, CONNECT_MS);
  return [
    ok(`NATS ${version} accepts it`),
    ...streams.map((part) => partFinding(`stream ${part.name}`, part)),
    ...consumers.map((part) => partFinding(`consumer ${part.name}`, part)),
  ];
}

function partFinding(what: string, { name, state, problem }: BusPart): Finding {
  if (problem !== undefined) return fault(`the ${what} can't be asked for (${problem})`, PERMISSIONS);
  if (state === undefined) return fault(`the ${what} does not exist`, PROVISION);
  if (state.differences.length > 0) return fault(`the ${what} is not of this release: ${state.differences.join(', ')} differs`, PROVISION);
  if (state.replicasAway > 0)
    return warning(
      `the ${what} has ${state.replicasAway} of ${state.replicas} replicas away or behind`,
      'Start the NATS servers that are away',
    );
  if (name === DEAD_STREAM && state.messages > 0)
    return warning(`${state.messages} messages failed for good`, `Read them in ${DEAD_STREAM}, with their error codes, and remove them`);
  const isWaiting = what.startsWith('consumer') && state.messages > MANY_MESSAGES;
  return isWaiting
    ? warning(`the ${what} has a backlog of ${state.messages} messages`, 'Check that its service runs, and start more replicas of it')
    : ok(`the ${what} is as this release needs it`);
}
