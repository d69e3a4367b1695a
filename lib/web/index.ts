export { webMonitoring } from './monitoring';
export { preStopSeconds, WebService, type WebServiceProps } from './web-service';
