export { enabledPlugins, environmentFile, serverConfiguration, startScript } from './configuration';
export { Rabbitmq, type RabbitmqProps } from './rabbitmq';
