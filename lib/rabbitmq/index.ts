export { enabledPlugins, environmentFile, serverConfiguration, startScript, stopScript } from './configuration';
export { Rabbitmq, type RabbitmqProps } from './rabbitmq';
