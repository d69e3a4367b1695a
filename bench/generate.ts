import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { System } from '../lib';

const resources = { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '500m', memory: '256Mi' } };

/** A system of `count` services; each talks to the one before it and has a route of its own. */
export function systemOf(count: number): System {
  const name = (index: number): string => `service-${index}`;
  const services = Array.from({ length: count }, (_, index): [string, System['services'][string]] => [
    name(index),
    {
      kind: 'web',
      description: `Service ${index}`,
      image: 'app',
      ports: { http: 8000 },
      health: { path: '/healthz' },
      resources,
      arrows: index === 0 ? {} : { [name(index - 1)]: {} },
    },
  ]);
  return {
    title: `${count} services`,
    description: 'Made for the benchmark',
    images: { app: 'registry.example.com/app:1.0.0' },
    services: Object.fromEntries(services),
    routes: services.map(([to]) => ({ path: `/${to}/`, to })),
  };
}

/** A project with the system `bench` and our own environments. */
export function projectOf(count: number, environments: string): string {
  const root = mkdtempSync(join(tmpdir(), `keelson-bench-${count}-`));
  mkdirSync(join(root, 'systems'));
  cpSync(environments, join(root, 'environments'), { recursive: true });
  writeFileSync(join(root, 'systems', 'bench.ts'), `export default ${JSON.stringify(systemOf(count), null, 2)};\n`);
  return root;
}
