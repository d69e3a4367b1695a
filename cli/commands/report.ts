import type { Session } from '../session';
export function reportCommand(_s: Session): void {}
