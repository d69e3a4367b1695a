/** cert-manager's Certificate, as `cdk8s import` names it; only the fields used here. */
import { ApiObject, type ApiObjectMetadata, type GroupVersionKind } from 'cdk8s';
import type { Construct } from 'constructs';

export interface CertificateSpecIssuerRef {
  readonly name: string;
  readonly kind?: string;
  readonly group?: string;
}

export interface CertificateSpecPrivateKey {
  readonly algorithm?: 'RSA' | 'ECDSA' | 'Ed25519';
  readonly size?: number;
  readonly rotationPolicy?: 'Never' | 'Always';
}

/** @see https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.CertificateSpec */
export interface CertificateSpec {
  /** The Secret that cert-manager writes: `tls.crt` and `tls.key`. */
  readonly secretName: string;
  readonly dnsNames?: string[];
  readonly issuerRef: CertificateSpecIssuerRef;
  readonly privateKey?: CertificateSpecPrivateKey;
}

export interface CertificateProps {
  readonly metadata?: ApiObjectMetadata;
  readonly spec?: CertificateSpec;
}

/** @see https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.Certificate */
export class Certificate extends ApiObject {
  static readonly GVK: GroupVersionKind = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate' };

  constructor(scope: Construct, id: string, props: CertificateProps = {}) {
    super(scope, id, { ...Certificate.GVK, ...props });
  }
}
