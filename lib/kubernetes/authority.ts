import type { k8s } from 'cdk8s-plus-28';
import type { AuthorityPlan, ClientTlsPlan, EnvPlan } from '../model/plan';

function volumeName({ of }: AuthorityPlan): string {
  return `authority-${of}`;
}

/** The authority's certificate and nothing else of its Secret: the server's key is beside it. */
export function authorityVolume(authority: AuthorityPlan): k8s.Volume {
  const items = [{ key: 'ca.crt', path: 'ca.crt' }];
  return { name: volumeName(authority), secret: { secretName: authority.secret, items, defaultMode: 0o444 } };
}

export function authorityMount(authority: AuthorityPlan): k8s.VolumeMount {
  return { name: volumeName(authority), mountPath: authority.folder, readOnly: true };
}

/** The authorities that a client needs. */
export function authoritiesOf(tls: ClientTlsPlan | undefined): readonly AuthorityPlan[] {
  return tls?.authority === undefined ? [] : [tls.authority];
}

/** libpq's variables. @see https://www.postgresql.org/docs/current/libpq-envars.html */
export function clientTlsEnv(tls: ClientTlsPlan | undefined): EnvPlan[] {
  if (tls === undefined) return [];
  const root = authoritiesOf(tls).map(({ file }): EnvPlan => ({ name: 'PGSSLROOTCERT', value: file }));
  return [{ name: 'PGSSLMODE', value: tls.sslmode }, ...root];
}
