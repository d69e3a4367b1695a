/** What a node asks of a kernel, tried out: some machines that run containers themselves refuse a part of it. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../verify/kit/command';
import { createCgroup, removeCgroup } from './cgroups';
import { STATE } from './layout';

const FOLDER = join(STATE, 'trial');
const NAME = 'keelson-e2e-trial';
const OTHER = `${NAME}-sw`;
const SECONDS = 30;

/** One after the other; each builds on those before it. The name completes the sentence "it cannot …". */
const trials: Readonly<Record<string, string>> = {
  'make network namespaces and a switch between them': `
    ip netns add ${NAME}
    ip netns add ${OTHER}
    ip -n ${OTHER} link add sw0 type bridge
    ip link add up0 netns ${NAME} type veth peer name p1 netns ${OTHER}
    ip -n ${OTHER} link set p1 master sw0 up
    ip -n ${NAME} addr add 192.0.2.10/24 dev up0`,
  'forward packets, and filter those of a bridge': `
    inside() { nsenter --net=/run/netns/${NAME} sh -euc "$1"; }
    inside 'echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/bridge/bridge-nf-call-iptables'`,
  'load rules of nftables': `
    nsenter --net=/run/netns/${NAME} nft 'table inet trial {
      chain closed { counter drop; }
      chain forward {
        type filter hook forward priority 10; policy accept;
        ct state established,related accept
        ip saddr vmap { 192.0.2.10 : jump closed }
      }
    }'`,
  'load the rules of Services': `
    rule() { nsenter --net=/run/netns/${NAME} iptables --wait "$@"; }
    rule -t nat -N TRIAL
    rule -t nat -A TRIAL -p tcp -m comment --comment trial -m tcp --dport 80 -m statistic --mode random --probability 0.5 -j DNAT --to-destination 192.0.2.11:80
    rule -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j TRIAL
    rule -t nat -A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE --random-fully
    rule -A FORWARD -m conntrack --ctstate INVALID -j DROP`,
  'mount an overlay and a tmpfs, and share its mounts': `
    mkdir -p lower upper work root tmpfs
    cp --dereference --parents /usr/bin/true $(ldd /usr/bin/true | grep -o '/[^ )]*') lower
    mkdir -p lower/proc lower/dev lower/sys
    mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work overlay root
    touch root/file
    mount -t tmpfs -o size=1m tmpfs tmpfs
    mount --make-rshared tmpfs`,
  'run a container': `runc run --bundle . ${NAME}`,
};

interface Bundle {
  process: { terminal: boolean; args: string[] };
  root: { path: string };
  linux: { cgroupsPath: string; resources: unknown };
}

/** What runc itself proposes, with limits as the kubelet sets them. */
async function writeBundle(): Promise<void> {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  await run('runc', ['spec', '--bundle', FOLDER]);
  const file = join(FOLDER, 'config.json');
  const bundle = JSON.parse(readFileSync(file, 'utf8')) as Bundle;
  Object.assign(bundle.process, { terminal: false, args: ['/usr/bin/true'] });
  bundle.root.path = 'root';
  Object.assign(bundle.linux, {
    // Two below the root, as a pod is below its kubelet's.
    cgroupsPath: `/${NAME}/pod`,
    resources: {
      cpu: { shares: 512, quota: 100_000, period: 100_000 },
      memory: { limit: 64 << 20 },
      pids: { limit: 64 },
    },
  });
  writeFileSync(file, JSON.stringify(bundle));
}

/** Removes what a trial has made, also of one that was cut short. Its folder is there first and goes last. */
export async function cleanUpTrial(): Promise<void> {
  if (!existsSync(FOLDER)) return;
  await run('runc', ['delete', '--force', NAME]);
  for (const path of ['tmpfs', 'root']) await run('umount', ['--lazy', join(FOLDER, path)]);
  const namespaces = [NAME, OTHER];
  for (const name of namespaces) await run('ip', ['netns', 'del', name]);
  await removeCgroup(NAME); // by no command: nothing interrupts it
  if (!namespaces.some((name) => existsSync(join('/run/netns', name)))) {
    rmSync(FOLDER, { recursive: true, force: true });
  }
}

function whyNoCgroup(): string | undefined {
  try {
    createCgroup(NAME);
    return undefined;
  } catch (error) {
    return `it cannot make cgroups for a kubelet: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/**
 * What this machine refuses a node; undefined when nothing. Needs the packages of `tools.ts`. It is the caller who cleans up,
 * with {@link cleanUpTrial}: after a signal, whatever is still run here is ended as well.
 */
export async function whatIsRefused(): Promise<string | undefined> {
  await cleanUpTrial();
  await writeBundle();
  const refused = whyNoCgroup();
  if (refused !== undefined) return refused;
  for (const [what, script] of Object.entries(trials)) {
    const { status, stderr, stdout } = await run('sh', ['-euc', script], { cwd: FOLDER, timeoutSeconds: SECONDS });
    if (status !== 0) return `it cannot ${what}: ${(stderr || stdout).trim().split('\n').at(-1)}`;
  }
  return undefined;
}
