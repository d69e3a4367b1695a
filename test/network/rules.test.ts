import { addressPeers, anyone, blockPeer, podsPeer, workloadPeer } from '../../lib/network/peers';
import { type Flow, rules } from '../../lib/network/rules';

const a = workloadPeer({ name: 'a' });
const b = workloadPeer({ name: 'b' });

function flow(peer: Flow['peer'], port: number, protocol: Flow['protocol'] = 'TCP'): Flow {
  return { peer, port, protocol };
}

/** Rules without cdk8s' value classes. */
function plain(flows: readonly Flow[]): unknown {
  return rules(flows).map(({ peers, ports }) => ({
    peers: peers?.map((peer) => peer.podSelector?.matchLabels?.['app.kubernetes.io/name'] ?? peer.ipBlock?.cidr),
    ports: ports.map(({ port, protocol }) => `${port?.value}/${protocol}`),
  }));
}

describe('rules', () => {
  test('peers that use the same ports share a rule', () => {
    expect(plain([flow(a, 80), flow(b, 443), flow(b, 80), flow(a, 443)])).toEqual([
      { peers: ['a', 'b'], ports: ['80/TCP', '443/TCP'] },
    ]);
  });

  test('peers that use different ports do not', () => {
    expect(plain([flow(a, 80), flow(a, 443), flow(b, 443)])).toEqual([
      { peers: ['a'], ports: ['80/TCP', '443/TCP'] },
      { peers: ['b'], ports: ['443/TCP'] },
    ]);
  });

  test('what is said twice stands once', () => {
    expect(plain([flow(a, 80), flow(workloadPeer({ name: 'a' }), 80)])).toEqual([{ peers: ['a'], ports: ['80/TCP'] }]);
  });

  test('TCP and UDP on one port are two ports', () => {
    expect(plain([flow(a, 53, 'UDP'), flow(a, 53)])).toEqual([{ peers: ['a'], ports: ['53/TCP', '53/UDP'] }]);
    expect(plain([flow(a, 53, 'UDP'), flow(b, 53)])).toHaveLength(2);
  });

  test('anyone includes all the others on the same ports, and names no peer', () => {
    expect(plain([flow(a, 80), flow(anyone, 80), flow(b, 81)])).toEqual([
      { peers: undefined, ports: ['80/TCP'] },
      { peers: ['b'], ports: ['81/TCP'] },
    ]);
  });

  test('the order of the flows changes nothing', () => {
    const flows = [flow(b, 80), flow(a, 8000), flow(blockPeer('10.0.0.0/8'), 443), flow(a, 80), flow(anyone, 22)];
    expect(plain([...flows].reverse())).toEqual(plain(flows));
  });

  test('no flow, no rule', () => {
    expect(rules([])).toEqual([]);
  });
});

describe('peers', () => {
  test('pods elsewhere are one peer of both selectors: two would mean or', () => {
    expect(podsPeer({ namespace: 'kube-system', podLabels: { 'k8s-app': 'kube-dns' } }).selector).toEqual({
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    });
  });

  test('without labels, all pods of the namespace', () => {
    expect(podsPeer({ namespace: 'traefik', podLabels: {} }).selector).toEqual({
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'traefik' } },
    });
  });

  test('the order of labels changes nothing', () => {
    expect(podsPeer({ namespace: 'n', podLabels: { b: '1', a: '2' } })).toEqual(
      podsPeer({ namespace: 'n', podLabels: { a: '2', b: '1' } }),
    );
  });

  test('a block keeps the exceptions of its own family, for the API server refuses others', () => {
    const except = ['fc00::/7', '10.0.0.0/8'];
    expect(blockPeer('0.0.0.0/0', except).selector).toEqual({
      ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] },
    });
    expect(blockPeer('::/0', except).selector).toEqual({ ipBlock: { cidr: '::/0', except: ['fc00::/7'] } });
  });

  test.each(['0.0.0.0/0', '::/0'])('all of %s is anyone, nodes and IPv6 included', (cidr) => {
    expect(addressPeers(['10.0.0.1/32', cidr])).toEqual([anyone]);
  });
});
