import { startLab } from './lab.ts';

/** Starts the cluster of all test files, unless KUBECONFIG names one. Returns the function that stops it. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env['KUBECONFIG']) return undefined;
  const lab = await startLab();
  process.env['KUBECONFIG'] = lab.kubeconfig;
  process.env['PATH'] = `${lab.programs}:${process.env['PATH'] ?? ''}`;
  return () => lab.stop();
}
