export { EdgeCertificate, type EdgeCertificateProps } from './certificate';
export { Ingress, type IngressProps } from './ingress';
export { edgeMonitoring } from './monitoring';
