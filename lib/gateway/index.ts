export { GatewayRoutes, type GatewayRoutesProps } from './gateway-routes';
