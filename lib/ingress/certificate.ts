import { Construct } from 'constructs';
import { Certificate } from '../../imports/cert-manager.io';
import { metadata } from '../kubernetes/labels';
import type { Plan, TlsPlan } from '../model/plan';

export interface EdgeCertificateProps {
  readonly plan: Plan;
  readonly tls: Extract<TlsPlan, { by: 'cert-manager' }>;
}

/**
 * The edge's certificates as objects of their own: for TLS at the pod or at somebody's Gateway, where nothing of ours can
 * carry the annotation, or by choice.
 */
export class EdgeCertificate extends Construct {
  constructor(scope: Construct, id: string, { plan, tls }: EdgeCertificateProps) {
    super(scope, id);
    const { hosts, cdn } = plan.edge;
    this.certificate('Resource', plan, tls, tls.secret, hosts);
    if (cdn?.secret !== undefined && cdn.secret !== tls.secret) {
      this.certificate('Cdn', plan, tls, cdn.secret, [cdn.host]);
    }
  }

  private certificate(
    id: string,
    plan: Plan,
    tls: EdgeCertificateProps['tls'],
    secret: string,
    hosts: readonly string[],
  ): void {
    new Certificate(this, id, {
      metadata: metadata(plan, secret, { name: 'edge', component: 'edge' }),
      spec: {
        secretName: secret,
        dnsNames: [...hosts],
        issuerRef: { name: tls.issuer, kind: tls.issuerKind, group: 'cert-manager.io' },
        // A key of its own for each renewal, explicitly: the default changed between cert-manager's releases.
        privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
      },
    });
  }
}
