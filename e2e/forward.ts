/** `kubectl port-forward`, by the command that `keelson report` prints: the only way to what no route leads to. */
import { portForwards } from '../lib/report/access';
import { goProgram } from '../verify/kit/tools';
import { controlPlane, KUBECONFIG } from './cluster/layout';
import { lastLines, start, stop } from './cluster/processes';
import { until } from './cluster/until';
import type { Stage } from './stage';

/** Hands over the address at which a Service answers on this machine, for as long as it is used. */
export async function forwarded<T>(
  { manifests }: Stage,
  service: string,
  use: (url: string) => Promise<T>,
): Promise<T> {
  const line = portForwards(manifests.plan).find(({ name }) => name === service);
  if (line === undefined) throw new Error(`The report does not say how ${service} is reached`);
  const [, ...args] = line.command.split(' ');
  const name = `forward-${service}`;
  start(name, controlPlane, [goProgram('kubectl').path, ...args], { KUBECONFIG });
  try {
    await until(`${service} is forwarded`, 60, async () => lastLines(name).includes('Forwarding from'));
    return await use(`http://127.0.0.1:${line.localPort}`);
  } finally {
    await stop([name]);
  }
}

/** @throws Error unless the answer is good */
export async function getJson<T>(url: string): Promise<T> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(30_000) });
  if (!answer.ok) throw new Error(`GET ${url}: ${answer.status}`);
  return (await answer.json()) as T;
}
