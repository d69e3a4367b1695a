/** The server's certificate: who makes it, where it is, and how a renewed one is taken over. */
import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Certificate } from '../../imports/cert-manager.io';
import type { ContainerProps } from '../kubernetes/container';
import { metadata } from '../kubernetes/labels';
import { commandAction, probe } from '../kubernetes/probes';
import type { CertificatePlan, Plan, PostgresPlan } from '../model/plan';
import { certificateFolder } from './configuration';

type CertManager = Extract<CertificatePlan['from'], { readonly by: 'cert-manager' }>;

/** cert-manager's order to make the Secret, and to renew it. */
export class ServerCertificate extends Construct {
  constructor(scope: Construct, id: string, plan: Plan, store: PostgresPlan) {
    super(scope, id);
    const { certificate } = store;
    if (certificate?.from.by === 'cert-manager') this.order(plan, store, certificate, certificate.from);
  }

  private order(plan: Plan, store: PostgresPlan, { secret, hosts }: CertificatePlan, from: CertManager): void {
    new Certificate(this, 'Resource', {
      metadata: metadata(plan, secret, store),
      spec: {
        secretName: secret,
        dnsNames: [...hosts],
        issuerRef: { name: from.issuer, kind: from.issuerKind, group: 'cert-manager.io' },
        // A key of its own for each renewal, explicitly: the default changed between cert-manager's releases.
        privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
      },
    });
  }
}

/**
 * `root` owns the files and the group of the pod reads them: PostgreSQL refuses a key that anybody else may read, and one
 * of its own that its group may read.
 * @see https://www.postgresql.org/docs/current/ssl-tcp.html#SSL-SETUP
 */
export function certificateVolumes({ certificate }: Pick<PostgresPlan, 'certificate'>): k8s.Volume[] {
  if (certificate === undefined) return [];
  const items = ['tls.crt', 'tls.key', 'ca.crt'].map((key) => ({ key, path: key }));
  return [{ name: 'certificate', secret: { secretName: certificate.secret, items, defaultMode: 0o440 } }];
}

export function certificateMounts({ certificate }: PostgresPlan): k8s.VolumeMount[] {
  return certificate === undefined ? [] : [{ name: 'certificate', mountPath: certificateFolder, readOnly: true }];
}

/**
 * `reload.sh`: the kubelet replaces the files of a Secret in a running pod, and the server reads them when it is told to.
 * It is told once at the start too, because it may have read what was there a moment before.
 */
export const reloadScript = `#!/bin/sh
set -u
trap 'exit 0' TERM INT
export PGCONNECT_TIMEOUT=5 PGAPPNAME=keelson-reload
told=''
while :; do
  now=$(cat "$CERTIFICATE/tls.crt" "$CERTIFICATE/tls.key" | cksum)
  if [ "$now" != "$told" ] &&
    PGPASSWORD=$(cat "$CREDENTIALS/password") psql -X -w -q -A -t -h 127.0.0.1 -p "$PORT" -U postgres -d postgres \\
      -c 'SELECT pg_reload_conf()' >/dev/null 2>&1; then
    if [ -n "$told" ]; then echo "the certificate was renewed"; fi
    told=$now
  fi
  : >"$ALIVE"
  sleep "$PAUSE" &
  wait $!
done
`;

const pauseSeconds = 10;
const aliveFile = '/tmp/alive';

/** Alive while it looks: its file is younger than some rounds. A server that is down is no fault of its own. */
const alive = `test $(($(date +%s) - $(stat -c %Y ${aliveFile}))) -lt ${6 * pauseSeconds}`;

const timing = { intervalSeconds: 30, timeoutSeconds: 5, tries: 3 };

/** The sidecar; it talks to the server in its own pod. */
export function reloadContainer(
  store: PostgresPlan,
  places: { readonly scripts: string; readonly credentials: string },
  mounts: readonly k8s.VolumeMount[],
): ContainerProps[] {
  if (store.certificate === undefined) return [];
  return [
    {
      name: 'reload',
      image: store.image,
      command: ['/bin/sh', `${places.scripts}/reload.sh`],
      env: [
        { name: 'CERTIFICATE', value: certificateFolder },
        { name: 'CREDENTIALS', value: places.credentials },
        { name: 'PORT', value: String(store.port) },
        { name: 'PAUSE', value: String(pauseSeconds) },
        { name: 'ALIVE', value: aliveFile },
      ],
      mounts,
      scratch: [{ path: '/tmp', size: 1 }],
      resources: store.certificate.reload,
      startupProbe: probe(commandAction(['test', '-e', aliveFile]), { ...timing, intervalSeconds: 2, tries: 30 }),
      livenessProbe: probe(commandAction(['/bin/sh', '-c', alive]), timing),
    },
  ];
}
