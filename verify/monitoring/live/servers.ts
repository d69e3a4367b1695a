import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { goProgram } from '../../kit/tools';
import { startServer } from '../../servers/process';

export interface Target {
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly health: string;
  readonly lastError: string;
}

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  /** One of an instant query, many of a range: seconds and the value as text. */
  readonly values: readonly (readonly [number, string])[];
}

interface Answer<T> {
  readonly status: string;
  readonly error?: string;
  readonly data: T;
}

async function ask<T>(url: string): Promise<T> {
  const response = await fetch(url);
  const answer = (await response.json()) as Answer<T>;
  if (answer.status !== 'success') throw new Error(`${decodeURIComponent(url)}: ${answer.error}`);
  return answer.data;
}

export interface PrometheusProps {
  readonly name: string;
  /** Is made here. */
  readonly folder: string;
  readonly log: string;
  readonly configuration: string;
  /** Address and port. */
  readonly listen: string;
  readonly args?: readonly string[];
}

/** A Prometheus, as Grafana asks it. */
export class PrometheusServer {
  constructor(private readonly address: string) {}

  /** One on this machine, that keeps all it has in a folder. */
  static async start({
    name,
    folder,
    log,
    configuration,
    listen,
    args = [],
  }: PrometheusProps): Promise<PrometheusServer> {
    mkdirSync(folder);
    const file = join(folder, 'prometheus.yml');
    writeFileSync(file, configuration);
    const address = `http://${listen}`;
    await startServer({
      name,
      program: goProgram('prometheus').path,
      args: [
        `--config.file=${file}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=${listen}`,
        ...args,
      ],
      log,
      isReady: async () => (await fetch(`${address}/-/ready`)).ok,
    });
    return new PrometheusServer(address);
  }

  async targets(): Promise<readonly Target[]> {
    const data = await ask<{ activeTargets: Target[] }>(`${this.address}/api/v1/targets?state=active`);
    return data.activeTargets;
  }

  async query(expr: string): Promise<Sample[]> {
    const found = await ask<{ resultType: string; result: (Omit<Sample, 'values'> & { value: [number, string] })[] }>(
      `${this.address}/api/v1/query?query=${encodeURIComponent(expr)}`,
    );
    return found.result.map(({ metric, value }) => ({ metric, values: [value] }));
  }

  async range(expr: string, from: number, to: number, step: number): Promise<Sample[]> {
    const span = `start=${from}&end=${to}&step=${step}`;
    const found = await ask<{ result: Sample[] }>(
      `${this.address}/api/v1/query_range?query=${encodeURIComponent(expr)}&${span}`,
    );
    return found.result;
  }

  /** Every metric that it has been given. */
  names(): Promise<readonly string[]> {
    return ask(`${this.address}/api/v1/label/__name__/values`);
  }
}

export interface HeldAlert {
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly status: { readonly state: string; readonly inhibitedBy: readonly string[] };
}

/** What Alertmanager has, and what of it is held back. */
export async function heldAlerts(address: string): Promise<HeldAlert[]> {
  return (await (await fetch(`${address}/api/v2/alerts`)).json()) as HeldAlert[];
}

/** Tells Alertmanager of alerts, as Prometheus does. @throws Error when it does not take them */
export async function send(address: string, alerts: readonly object[]): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${address}/api/v2/alerts`, { method: 'POST', headers, body: JSON.stringify(alerts) });
  if (!answer.ok) throw new Error(`Alertmanager answers ${answer.status}: ${await answer.text()}`);
}

/** Waits until a condition says nothing any more; what it said last is the error. */
export async function until(what: string, seconds: number, missing: () => Promise<string>): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const said = await missing();
    if (said === '') return;
    if (Date.now() > deadline) throw new Error(`${what}, within ${seconds} s: ${said}`);
    await sleep(1000);
  }
}
