export { preStopSeconds, WebService, type WebServiceProps } from './web-service';
