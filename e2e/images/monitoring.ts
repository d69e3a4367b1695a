/** Images of what watches a system, and of the backups' client. */
import { goProgram } from '../../verify/kit/tools';
import { authority } from '../outside/authority';
import type { Recipe } from './recipe';

/** Where Go programs, and programs of Debian and Alpine, look for the public authorities. */
export const AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';

/** Prometheus 3.15.0 is v0.315.0 of its module, which promises nothing to those who import it. */
function released(version: string): string {
  const [, minor, patch] = /^0\.3(\d\d)\.(\d+)$/.exec(version) ?? [];
  return minor === undefined ? version : `3.${Number(minor)}.${patch}`;
}

/** One static program, built from its module, where the published image has it. */
function single(program: string, path: string): Recipe {
  const { path: built, version } = goProgram(program);
  return {
    name: program,
    version: { is: program === 'prometheus' ? released(version) : version },
    packages: [],
    programs: { [path]: built, [AUTHORITIES]: authority.certificate },
    config: { entrypoint: [path], user: '65534:65534' },
  };
}

/** It is no Go module that can be built without its front end: a program that does with the files what Grafana does. */
const grafana: Recipe = {
  name: 'grafana',
  packages: ['busybox', 'nodejs'],
  applets: true,
  files: { '/usr/share/grafana/server.mjs': 'apps/grafana/server.mjs' },
  config: { entrypoint: ['node', '/usr/share/grafana/server.mjs'], user: '472:0' },
};

/** Debian testing has the version of the published image. */
const restic: Recipe = {
  name: 'restic',
  version: { command: 'restic version' },
  suite: 'forky',
  packages: ['busybox', 'restic'],
  applets: true,
  programs: { [AUTHORITIES]: authority.certificate },
  config: { entrypoint: ['/usr/bin/restic'] },
};

export const monitoringRecipes: Readonly<Record<string, Recipe>> = {
  'prom/prometheus': single('prometheus', '/bin/prometheus'),
  'prom/alertmanager': single('alertmanager', '/bin/alertmanager'),
  'prom/blackbox-exporter': single('blackbox_exporter', '/bin/blackbox_exporter'),
  'kube-state-metrics/kube-state-metrics': single('kube-state-metrics', '/kube-state-metrics'),
  'nginx/nginx-prometheus-exporter': single('nginx-prometheus-exporter', '/usr/bin/nginx-prometheus-exporter'),
  'prometheuscommunity/postgres-exporter': single('postgres_exporter', '/bin/postgres_exporter'),
  'oliver006/redis_exporter': single('redis_exporter', '/redis_exporter'),
  'grafana/grafana': grafana,
  'restic/restic': restic,
};
