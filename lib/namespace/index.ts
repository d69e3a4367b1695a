export { Namespace, type NamespaceProps } from './namespace';
