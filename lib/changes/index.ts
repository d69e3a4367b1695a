/** Changes that a running cluster cannot follow: found before they are written. */
export { compareFiles } from './compare';
export { type Files, groupOf, isCustom, parseFile } from './manifests';
export { otherOutput } from './other-output';
