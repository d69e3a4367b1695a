/**
 * Annotations on what holds data (claims, and the Namespace around them): neither Argo CD nor Flux may delete it, whatever
 * vanishes from `dist/`. Data is deleted by a person, as `docs/uninstall.md` says.
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#prune
 */
export const retained: Readonly<Record<string, string>> = {
  'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
};
