import { Construct } from 'constructs';
import { Certificate } from '../../imports/cert-manager.io';
import { metadata } from '../kubernetes/labels';
import type { Plan, TlsPlan } from '../model/plan';

export interface EdgeCertificateProps {
  readonly plan: Plan;
  readonly tls: Extract<TlsPlan, { by: 'cert-manager' }>;
}

/** The edge's certificate as an object of its own: for TLS at the pod, where no Ingress can carry the annotation, or by choice. */
export class EdgeCertificate extends Construct {
  constructor(scope: Construct, id: string, { plan, tls }: EdgeCertificateProps) {
    super(scope, id);
    new Certificate(this, 'Resource', {
      metadata: metadata(plan, tls.secret, { name: 'edge', component: 'edge' }),
      spec: {
        secretName: tls.secret,
        dnsNames: [...plan.edge.hosts],
        issuerRef: { name: tls.issuer, kind: tls.issuerKind, group: 'cert-manager.io' },
        // A key of its own for each renewal, explicitly: the default changed between cert-manager's releases.
        privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
      },
    });
  }
}
