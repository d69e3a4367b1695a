import type { ClaimPlan, QuotaPlan, Workload } from './plan';

/** Placeholder of the lead until the namespace engineer's version lands (minutes). */
export function quotaOf(_workloads: readonly Workload[], _claims: readonly ClaimPlan[]): QuotaPlan {
  return {
    pods: 100,
    requests: { cpu: 100000, memory: 102400 },
    limits: { cpu: 200000, memory: 204800 },
    ephemeral: 102400,
    claims: 50,
    storage: 1048576,
    largest: { cpu: 4000, memory: 8192, ephemeral: 1024 },
  };
}
