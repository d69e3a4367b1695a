import type { RabbitmqPlan } from '../model/plan';

/** What the configuration follows from. */
export type Sizing = Pick<RabbitmqPlan, 'port' | 'replicas' | 'resources' | 'claims' | 'limits'>;

/**
 * Nodes that find each other: the first one founds the cluster, the others join it and keep trying until they can.
 * From 4.1 on that needs no access to the API server, and no node can found a cluster of its own by mistake. Queues are
 * imported once as many nodes are there as there will be, so that each gets a member on every node; those of a time with
 * fewer nodes get theirs when the others join.
 * @see https://www.rabbitmq.com/blog/2025/04/04/new-k8s-peer-discovery
 * @see https://www.rabbitmq.com/docs/quorum-queues#replica-reconciliation
 */
function clusterFormation(nodes: number): string {
  if (nodes < 2) return '';
  return `cluster_formation.peer_discovery_backend = k8s
cluster_formation.discovery_retry_limit = 60
cluster_formation.discovery_retry_interval = 2000
cluster_formation.target_cluster_size_hint = ${nodes}
quorum_queue.continuous_membership_reconciliation.enabled = true
quorum_queue.continuous_membership_reconciliation.target_group_size = ${nodes}
quorum_queue.continuous_membership_reconciliation.auto_remove = false
`;
}

/**
 * `rabbitmq.conf`, without credentials. The log goes to stdout as JSON by these lines alone: with `RABBITMQ_LOGS=-` besides,
 * it would be text. Publishers are held back at 60 % of the memory limit, which leaves room for the
 * garbage collector's copies, and when the disk has less left than memory could spill onto it, a quarter of it at most.
 * @see https://www.rabbitmq.com/docs/memory
 * @see https://www.rabbitmq.com/docs/disk-alarms
 */
export function serverConfiguration(store: Sizing): string {
  const memory = store.resources.limits.memory;
  const disk = Math.floor(Math.min(memory, (store.claims[0]?.size ?? 0) / 4));
  return `listeners.tcp.default = ${store.port}
log.console = true
log.console.level = info
log.console.formatter = json
log.file = false
vm_memory_high_watermark.absolute = ${Math.floor(memory * 0.6)}MiB
disk_free_limit.absolute = ${disk}MiB
${store.limits.messageSize === undefined ? '' : `max_message_size = ${store.limits.messageSize * 1024 * 1024}\n`}${clusterFormation(store.replicas.min)}`;
}

/** `enabled_plugins`, an Erlang term: metrics always, the management page where it is served, discovery in a cluster. */
export function enabledPlugins(store: Pick<RabbitmqPlan, 'management' | 'replicas'>): string {
  const plugins = [
    ...(store.management ? ['rabbitmq_management'] : []),
    ...(store.replicas.min < 2 ? [] : ['rabbitmq_peer_discovery_k8s']),
    'rabbitmq_prometheus',
  ];
  return `[${plugins.join(',')}].\n`;
}

/**
 * `rabbitmq-env.conf`, read by the server and by every command-line tool in the container. The node is called by the
 * pod's full name, which /etc/hosts of the pod knows before any name server does.
 */
export const environmentFile = `USE_LONGNAME=true
NODENAME=rabbit@$(hostname -f)
`;

/** Who the accounts are, for `accountsScript`. A broker without a management page has no variable for its tag. */
export function accountsEnvironment(store: RabbitmqPlan): { readonly name: string; readonly value: string }[] {
  return [
    { name: 'ACCOUNTS', value: store.accounts.map(({ name }) => name).join(' ') },
    ...(store.management ? [{ name: 'TAGS', value: 'administrator' }] : []),
  ];
}

/**
 * Writes the definitions of the accounts from the Secrets, beside those of the system: imported at every start, so that a
 * new password holds from the next one on. Whoever has the tag may open the management page, where that is served.
 */
export const accountsScript = `#!/bin/sh
set -eu
umask 077
mkdir -p "$HOME/definitions"
cp "$CONFIGURATION/definitions.json" "$HOME/definitions/10-system.json"
users='' permissions=''
for account in $ACCOUNTS; do
  password=$(cat "$PASSWORDS/$account")
  case $password in
    '' | *[!A-Za-z0-9._~-]*)
      echo "the password of $account must have letters, digits and ._~- only, because it stands in a URL" >&2
      exit 1
      ;;
  esac
  users=$users\${users:+,}$(printf '{"name":"%s","password":"%s","tags":"%s"}' "$account" "$password" "\${TAGS:-}")
  permissions=$permissions\${permissions:+,}$(
    printf '{"user":"%s","vhost":"/","configure":".*","write":".*","read":".*"}' "$account"
  )
done
printf '{"users":[%s],"permissions":[%s]}\\n' "$users" "$permissions" > "$HOME/definitions/20-accounts.json"
`;

/**
 * Starts the node with cookie and accounts of the Secrets. A raised limit of open files would cost gigabytes: Erlang
 * sizes tables by it.
 */
export const startScript = `#!/bin/sh
set -eu
umask 077
sh "$CONFIGURATION/accounts.sh"
mkdir -p "$HOME/conf.d" "$HOME/log"
rm -f "$HOME/.erlang.cookie"
cp "$COOKIE_FILE" "$HOME/.erlang.cookie"
chmod 600 "$HOME/.erlang.cookie"
echo "load_definitions = $HOME/definitions" > "$HOME/conf.d/definitions.conf"
# shellcheck disable=SC3045 # dash and busybox know -S
ulimit -S -n 65536 2>/dev/null || true
exec rabbitmq-server
`;

/**
 * Before the node stops: wait until no queue would lose its quorum, then hand over leaders and clients. Bounded, so that
 * it ends before the pod's grace period does; a node alone has nothing to wait for.
 */
export function stopScript(waitSeconds: number): string {
  return `rabbitmq-upgrade await_online_quorum_plus_one -t ${waitSeconds}; rabbitmq-upgrade drain`;
}
