/** cdk8s takes longer to load than a check takes: only what synthesizes loads it, when it does. */
export const synthesis = (): typeof import('./synthesize') => require('./synthesize');
