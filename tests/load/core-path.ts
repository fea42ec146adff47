// Drives core alone: whole logins over gRPC, and renewals of many sessions, with a PostgreSQL and a NATS of their own.
//   node tests/load/core-path.ts [--logins 2000] [--callers 8] [--gateways 1] [--sessions 5000] [--cpu-prof FOLDER]
import { withClient } from '@sallyport/database';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { CoreCaller } from './core-caller.ts';
import { cpuSeconds } from './process-cost.ts';
import { startCoreAlone } from './start-core.ts';
import { median } from './statistics.ts';

const COUNTED_LOGINS = 50;
const RENEWALS = 20;
const { values } = parseArgs({
  options: {
    logins: { type: 'string', default: '2000' },
    callers: { type: 'string', default: '8' },
    gateways: { type: 'string', default: '1' },
    sessions: { type: 'string', default: '5000' },
    'cpu-prof': { type: 'string' },
  },
});
const [logins, callers, sessions] = [Number(values.logins), Number(values.callers), Number(values.sessions)];
const profile = values['cpu-prof'];
const core = await startCoreAlone(profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]);
const gateways = Array.from({ length: Number(values.gateways) }, (_, at) => new CoreCaller(core, `gw.${at}`));
try {
  await login(Math.ceil(logins / 5));
  await measureLogins();
  console.log(`statements per login: ${(await statementsPerLogin()).toFixed(1)}`);
  await measureRenewals();
} finally {
  for (const gateway of gateways) gateway.close();
  await core.stop();
}
process.exit(0); // a leftover handle must not keep the terminal

/** Runs logins with all callers at once, spread over the gateways. */
async function login(count: number): Promise<void> {
  let left = count;
  const caller = async (_: unknown, at: number): Promise<void> => {
    while (left-- > 0) await gateways[at % gateways.length]!.login();
  };
  await Promise.all(Array.from({ length: callers }, caller));
}

async function measureLogins(): Promise<void> {
  const { seconds, cpu } = await spentBy(() => login(logins));
  console.log(`${callers} callers, ${gateways.length} gateways: ${(logins / seconds).toFixed(1)} logins/s`);
  console.log(`CPU ms per login: ${cpu.map(({ name, spent }) => `${name} ${((spent * 1000) / logins).toFixed(2)}`).join('  ')}`);
  const busiest = cpu.toSorted((a, b) => b.spent - a.spent);
  console.log(
    `processors used: ${busiest.map(({ name, spent }) => `${name} ${(spent / seconds).toFixed(2)}`).join('  ')}; busiest: ${busiest[0]?.name}`,
  );
}

/** Returns the seconds that `work` took, and the CPU seconds of each part, the callers' own process among them. */
async function spentBy(work: () => Promise<void>) {
  const [begin, own, before] = [performance.now(), process.cpuUsage(), core.parts.map(({ pid }) => cpuSeconds(pid))];
  await work();
  const { user, system } = process.cpuUsage(own);
  const cpu = core.parts.map(({ name, pid }, at) => ({ name, spent: cpuSeconds(pid) - (before[at] ?? 0) }));
  return { seconds: (performance.now() - begin) / 1000, cpu: [...cpu, { name: 'callers', spent: (user + system) / 1e6 }] };
}

/** Counts all statements of core's roles, with those that publish, link audit events and run by themselves meanwhile. */
async function statementsPerLogin(): Promise<number> {
  return withClient(core.database, async (client) => {
    const track = async (what: string) => {
      await client.query(`ALTER SYSTEM SET "pg_stat_statements.track" = '${what}'`);
      await client.query('SELECT pg_reload_conf(), pg_sleep(0.5)');
    };
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA public');
    await track('top');
    await client.query('SELECT public.pg_stat_statements_reset()');
    await login(COUNTED_LOGINS);
    const { rows } = await client.query<{ calls: string }>(
      `SELECT sum(calls) AS calls FROM public.pg_stat_statements WHERE userid = 'core_service'::regrole AND query NOT IN ('COMMIT', 'START TRANSACTION')`,
    );
    await track('none');
    return Number(rows[0]?.calls) / COUNTED_LOGINS;
  });
}

/** Measures a renewal of all sessions, spread over the gateways: by digest, as it is without a change, and by list. */
async function measureRenewals(): Promise<void> {
  const held = await Promise.all(gateways.map((gateway) => hold(gateway, Math.ceil(sessions / gateways.length))));
  const byList = () => Promise.all(gateways.map((gateway, at) => gateway.renewByList(held[at]!)));
  const byDigest = () => Promise.all(gateways.map((gateway, at) => gateway.renewByDigest(held[at]!)));
  await byList();
  await measureRenewal('by list', byList);
  await measureRenewal('by digest', byDigest);
}

async function measureRenewal(how: string, renew: () => Promise<readonly { end: readonly unknown[] }[]>): Promise<void> {
  await withClient(core.database, async (client) => {
    await client.query('CHECKPOINT');
    const wal = async () => Number((await client.query<{ at: string }>(`SELECT pg_current_wal_insert_lsn() - '0/0' AS at`)).rows[0]?.at);
    const [before, times] = [await wal(), [] as number[]];
    const { cpu } = await spentBy(async () => {
      for (let round = 0; round < RENEWALS; round++) {
        const begin = performance.now();
        const answers = await renew();
        times.push(performance.now() - begin);
        if (answers.some(({ end }) => end.length > 0)) throw new Error('a session had to end');
      }
    });
    const bytes = ((await wal()) - before) / RENEWALS;
    const each = cpu.map(({ name, spent }) => `${name} ${((spent * 1000) / RENEWALS).toFixed(1)}`).join('  ');
    console.log(
      `renewal of ${sessions} sessions ${how}: ${median(times).toFixed(1)} ms, ${(bytes / 1024).toFixed(1)} KiB of WAL, CPU ms: ${each}`,
    );
  });
}

/** Adds sessions of a gateway, copies of one that it opened, and makes all of them an hour old. Returns their ids. */
async function hold(gateway: CoreCaller, count: number): Promise<string[]> {
  const id = await gateway.open();
  return withClient(core.database, async (client) => {
    await client.query(
      `INSERT INTO core.session SELECT (json_populate_record(s, json_build_object('id', gen_random_uuid()))).*
       FROM core.session s, generate_series(2, $2) WHERE s.id = $1`,
      [id, count],
    );
    await client.query(`UPDATE core.session SET date_start = date_start - interval '1 hour' WHERE state = 'active' AND gateway_id = $1`, [
      gateway.id,
    ]);
    await client.query('VACUUM ANALYZE core.session');
    const active = `SELECT id FROM core.session WHERE state = 'active' AND gateway_id = $1`;
    return (await client.query<{ id: string }>(active, [gateway.id])).rows.map((row) => row.id);
  });
}
