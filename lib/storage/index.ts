export { Claim, type ClaimProps } from './claim';
export { type ClaimNames, claimMounts, claimNames, claimVolumes } from './volumes';
