import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { Plan, Workload } from '../model/plan';
import { metadata } from './labels';

/** The workload's own ServiceAccount, without a token unless its pods talk to the API server. */
export function serviceAccount(scope: Construct, plan: Plan, workload: Workload): k8s.KubeServiceAccount {
  return new k8s.KubeServiceAccount(scope, `${workload.name}-account`, {
    metadata: metadata(plan, workload.name, workload),
    automountServiceAccountToken: false,
  });
}
