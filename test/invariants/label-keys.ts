export const nameLabel = 'app.kubernetes.io/name';
export const instanceLabel = 'app.kubernetes.io/instance';
export const componentLabel = 'app.kubernetes.io/component';
export const partOfLabel = 'app.kubernetes.io/part-of';
export const managedByLabel = 'app.kubernetes.io/managed-by';
