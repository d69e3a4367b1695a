export { volumeBackup } from './backup';
export { backupFiles } from './backup-files';
export { Claim, type ClaimProps } from './claim';
export { type ClaimNames, claimMounts, claimNames, claimVolumes } from './volumes';
