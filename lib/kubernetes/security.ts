import type { k8s } from 'cdk8s-plus-28';

/**
 * The pod's half of Pod Security Standards `restricted`. The group owns mounted volumes; `OnRootMismatch`, because a
 * recursive change at every mount re-adds group-write, which PostgreSQL refuses at its second start.
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function podSecurity(user: number, group: number): k8s.PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: group,
    fsGroup: group,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** The container's half, and a read-only root besides. */
export const containerSecurity: k8s.SecurityContext = {
  allowPrivilegeEscalation: false,
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};
