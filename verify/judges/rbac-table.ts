/** Rules of one account, as text: `get,list pods`; a group other than the core follows its resource. */
export interface ExpectedRules {
  must: readonly string[];
  /** Only where the environment asks for it. */
  may?: readonly string[];
}

/**
 * What each ServiceAccount may do, by its name, beyond what everybody may (discovery, asking about oneself). An account
 * that is not here may do nothing.
 */
export const EXPECTED_RULES: Readonly<Record<string, ExpectedRules>> = {
  // Makes each missing Secret; it can neither read nor overwrite one.
  bootstrap: { must: ['create secrets'] },
  // Finds the namespace's pods; the kubelets' own metrics where the platform does not collect them.
  prometheus: { must: ['get,list,watch pods'], may: ['list,watch nodes', 'get nodes/metrics'] },
  'kube-state-metrics': {
    must: [
      'list,watch pods',
      'list,watch deployments.apps,statefulsets.apps',
      'list,watch cronjobs.batch,jobs.batch',
      'list,watch horizontalpodautoscalers.autoscaling',
    ],
    may: ['list,watch persistentvolumeclaims', 'list,watch persistentvolumeclaims,pods'],
  },
};
