import { type ErrorCode, HandglassError, isErrno } from '../errors.ts';

export const failedStatus = 1;
export const usageStatus = 2;
export const configStatus = 3;

const statuses: Partial<Record<ErrorCode, number>> = {
  usage: usageStatus,
  config: configStatus,
  'service-down': 4,
  'not-permitted': 5,
  unauthenticated: 5,
};

export function exitStatusOf(error: unknown): number {
  if (isErrno(error, 'EACCES', 'EPERM')) return statuses['not-permitted'] ?? failedStatus;
  return error instanceof HandglassError ? (statuses[error.code] ?? failedStatus) : failedStatus;
}
