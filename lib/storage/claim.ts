import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { metadata } from '../kubernetes/labels';
import { retained } from '../kubernetes/retention';
import type { ClaimPlan, Plan } from '../model/plan';
import { byteQuantity } from '../model/quantities';

export interface ClaimProps {
  readonly plan: Plan;
  readonly claim: ClaimPlan;
}

/**
 * A claim as an object of its own, not from a StatefulSet's template: so its size grows by `kubectl apply`. It belongs
 * before the workload that mounts it, and outlives it.
 */
export class Claim extends Construct {
  constructor(scope: Construct, id: string, props: ClaimProps) {
    super(scope, id);
    const { plan, claim } = props;
    new k8s.KubePersistentVolumeClaim(this, 'Resource', {
      metadata: metadata(plan, claim.name, { name: claim.owner, component: claim.component }, { ...retained }),
      spec: {
        accessModes: [claim.accessMode],
        // Left out, it is the cluster's default class, which the API server writes in when the claim is made.
        storageClassName: claim.storageClass,
        resources: { requests: { storage: k8s.Quantity.fromString(byteQuantity(claim.size)) } },
      },
    });
  }
}
