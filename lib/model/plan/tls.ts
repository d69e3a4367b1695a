/** Encrypted connections to a store, from both ends. */
import type { Resources } from './amounts';

/** Where a client finds the authority that a server's certificate must come from: `ca.crt` of a Secret, as a file. */
export interface AuthorityPlan {
  /** The store. */
  readonly of: string;
  readonly secret: string;
  /** Where containers mount it. */
  readonly folder: string;
  /** Its path there. */
  readonly file: string;
}

/** How a client encrypts, in libpq's words. */
export interface ClientTlsPlan {
  readonly sslmode: 'require' | 'verify-full';
  /** Undefined where nothing is verified. */
  readonly authority: AuthorityPlan | undefined;
}

/** The certificate of a server of ours: a Secret with `tls.crt`, `tls.key` and `ca.crt`. */
export interface CertificatePlan {
  readonly secret: string;
  /** The names that clients verify. */
  readonly hosts: readonly string[];
  /** What the container needs that tells the server of a renewed one. */
  readonly reload: Resources;
  readonly from:
    | { readonly by: 'self-signed' | 'secret' }
    | { readonly by: 'cert-manager'; readonly issuer: string; readonly issuerKind: 'ClusterIssuer' | 'Issuer' };
}
