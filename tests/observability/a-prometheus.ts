import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, workFolder, type RunFile } from '@sallyport/testkit';
import { eventually } from '../e2e/wait.ts';
import { toolPath } from './tools.mjs';

/** A Prometheus that scrapes a product and evaluates rules. */
export interface TestPrometheus {
  /** Returns the names of the alerts that fire now. */
  firing(): Promise<string[]>;
  /** Waits until an alert fires. */
  fires(alert: string, timeoutMs?: number): Promise<void>;
  stop(): Promise<void>;
}

/** A service whose dependency hangs answers a scrape after the 2 s of its health check. */
const INTERVAL = '3s';

export async function aPrometheus(run: RunFile, rules: string): Promise<TestPrometheus> {
  const folder = await workFolder('prometheus');
  const port = await freePort();
  const jobs = run.services.map(({ name, health }) => ({ job_name: name, static_configs: [{ targets: [new URL(health).host] }] }));
  const config = { global: { scrape_interval: INTERVAL, scrape_timeout: INTERVAL, evaluation_interval: '1s' }, rule_files: ['rules.yaml'] };
  await writeFile(join(folder.path, 'prometheus.yaml'), JSON.stringify({ ...config, scrape_configs: jobs }));
  await writeFile(join(folder.path, 'rules.yaml'), rules);
  const files = [`--config.file=${folder.path}/prometheus.yaml`, `--storage.tsdb.path=${folder.path}/data`];
  const child = spawn(
    'setpriv',
    ['--pdeathsig', 'KILL', '--', toolPath('prometheus'), ...files, `--web.listen-address=127.0.0.1:${port}`],
    {
      stdio: 'ignore',
    },
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ask = async (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);
  const firing = async (): Promise<string[]> => {
    const { data } = (await (await ask('/api/v1/alerts')).json()) as {
      data: { alerts: { state: string; labels: { alertname: string } }[] };
    };
    return [...new Set(data.alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname))];
  };
  await eventually(20_000, async () => ((await ask('/-/ready')).ok ? true : undefined));
  return {
    firing,
    fires: async (alert, timeoutMs = 40_000) => {
      await eventually(timeoutMs, async () => {
        if ((await firing()).includes(alert)) return true;
        throw new Error(`${alert} does not fire`);
      });
    },
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      await folder.remove();
    },
  };
}
