import type { Nginx } from './binary';
import type { Checks } from './checks';
import type { NameServer } from './dns';
import type { Pod } from './pod';
import type { Ports } from './system';
import type { Heard } from './upstream';

/** What the checks run against: one pod behind an Ingress, its upstreams and the name server between them. */
export interface Bench {
  readonly checks: Checks;
  readonly nginx: Nginx;
  readonly dns: NameServer;
  readonly pod: Pod;
  readonly ports: Ports;
  /** What the upstreams of this pod were asked. */
  readonly heard: () => readonly Heard[];
  /** A folder with the static files of the application. */
  readonly root: string;
}

/** The names under which the start script finds the upstreams: the domain is the one of the pod's resolv.conf. */
export const names = {
  backend: 'backend.edge-production.svc.test.local',
  frontend: 'frontend.edge-production.svc.test.local',
} as const;
