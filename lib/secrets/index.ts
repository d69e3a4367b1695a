export { Bootstrap, type BootstrapProps } from './bootstrap';
export { type CreateCommand, createCommands } from './commands';
export { ExternalSecrets, type ExternalSecretsProps } from './external-secrets';
export { SealedSecrets, type SealedSecretsProps } from './sealed-secrets';
export { Secrets, type SecretsProps } from './secrets';
