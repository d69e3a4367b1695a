export { hostBasedAuthentication, serverConfiguration } from './configuration';
export { prepareScript, startScript } from './member-files';
export { Postgres, type PostgresProps } from './postgres';
export { rolesFiles } from './roles-files';
export { PostgresRoles } from './roles-job';
