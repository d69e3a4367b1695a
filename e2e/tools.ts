/** Programs of the cluster besides those of `make verify`. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { objectStorage } from '../verify/backup/programs';
import { cacheFolder } from '../verify/kit/cache';
import { ensureDebianPackage, isInstalled } from '../verify/kit/debian';
import { ensureGoProgram, type GoProgram, goProgramVersion } from '../verify/kit/go';
import { EXPORTERS, GO_PROGRAMS, NODE_PROGRAMS } from '../verify/kit/tools';

export const NODE_ADDONS = {
  coredns: {
    name: 'coredns',
    project: 'coredns',
    module: 'github.com/coredns/coredns',
    package: 'github.com/coredns/coredns',
  },
  'metrics-server': {
    name: 'metrics-server',
    project: 'metrics-server',
    module: 'sigs.k8s.io/metrics-server',
    package: 'sigs.k8s.io/metrics-server/cmd/metrics-server',
  },
} as const satisfies Record<string, GoProgram>;

const cluster = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl'];
const monitoring = ['prometheus', 'alertmanager', ...EXPORTERS.map(({ name }) => name)];
const needed = [...cluster, ...monitoring];

const packages = [
  { package: 'containerd', program: 'containerd' },
  { package: 'runc', program: 'runc' },
  { package: 'containernetworking-plugins', program: '/usr/lib/cni/bridge' },
  { package: 'nftables', program: 'nft' },
  { package: 'iptables', program: 'iptables' },
  { package: 'iproute2', program: 'ip' },
  { package: 'conntrack', program: 'conntrack' },
  { package: 'openssl', program: 'openssl' },
];

export function goPath(program: GoProgram): string {
  return join(cacheFolder(program.name, goProgramVersion(program)), program.name);
}

/** Why neither packages nor images can be had: both are Debian's. */
export async function whatIsNotDebian(release = '/etc/os-release'): Promise<string | undefined> {
  const system = existsSync(release) ? (/^ID=(.*)$/m.exec(readFileSync(release, 'utf8'))?.[1] ?? '') : '';
  if (system.replaceAll('"', '') !== 'debian')
    return `it is ${system || 'no Debian'}, and its packages and images are Debian's`;
  if (!(await isInstalled('apt-get')))
    return 'it has no apt-get, which brings its packages and what images are made of';
  return undefined;
}

/** Installs what is not there yet. */
export async function ensurePackages(say: (line: string) => void): Promise<void> {
  for (const wanted of packages) if (await ensureDebianPackage(wanted)) say(`installed ${wanted.package}`);
}

/** Builds what is not there yet. */
export async function ensurePrograms(say: (line: string) => void): Promise<void> {
  const own = GO_PROGRAMS.filter(({ name, project }) => needed.includes(name) && project !== 'kubernetes-1.28');
  for (const program of [...own, ...NODE_PROGRAMS, ...Object.values(NODE_ADDONS), objectStorage]) {
    if (await ensureGoProgram(program)) say(`built ${program.name} ${goProgramVersion(program)}`);
  }
}
