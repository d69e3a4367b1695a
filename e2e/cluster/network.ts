/** Network namespaces without an uplink: one for each node, and one that holds the switch between them. */
import { existsSync, readdirSync } from 'node:fs';
import { must, run } from '../../verify/kit/command';
import { type NodeLayout, SERVICE_NETWORK, SWITCH } from './layout';

const ours = /^keelson-e2e-/;

export async function createNetwork(nodes: readonly NodeLayout[]): Promise<void> {
  await must('sh', ['-euc', script(nodes)]);
}

const settings = 'for name in ipv4/ip_forward bridge/bridge-nf-call-iptables; do echo 1 > /proc/sys/net/$name; done';

function script(nodes: readonly NodeLayout[]): string {
  const lines = [
    `ip netns add ${SWITCH}`,
    `ip -n ${SWITCH} link add sw0 type bridge`,
    `ip -n ${SWITCH} link set sw0 up`,
    ...nodes.flatMap((node) => [
      `ip netns add ${node.netns}`,
      `ip link add up0 netns ${node.netns} type veth peer name p${node.index} netns ${SWITCH}`,
      `ip -n ${SWITCH} link set p${node.index} master sw0 up`,
      `ip -n ${node.netns} link set lo up`,
      `ip -n ${node.netns} link set up0 up`,
      `ip -n ${node.netns} addr add ${node.address}/24 dev up0`,
      // A Service's address needs some route before it is translated; everything else fails at once.
      `ip -n ${node.netns} route add ${SERVICE_NETWORK} dev up0`,
      `ip -n ${node.netns} route add unreachable default`,
      ...nodes
        .filter((other) => other !== node)
        .map((other) => `ip -n ${node.netns} route add ${other.podNetwork} via ${other.address}`),
      // Pods on one bridge must pass the filter too, or policies would not hold between them.
      `nsenter --net=/run/netns/${node.netns} sh -euc '${settings}'`,
    ]),
  ];
  return lines.join('\n');
}

export async function removeNetwork(): Promise<void> {
  if (!existsSync('/run/netns')) return;
  for (const name of readdirSync('/run/netns').filter((entry) => ours.test(entry))) {
    await run('ip', ['netns', 'del', name]);
  }
}
